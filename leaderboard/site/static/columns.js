// Lets the reader choose which columns the table shows.
"use strict";

(() => {
  const table = document.getElementById("table");
  const chooser = document.getElementById("columns");
  if (!table || !chooser) return;

  const { all, set, onChange } = window.gnomon;
  const cells = [...table.tHead.rows[0].cells];
  const optional = cells.filter((cell) => cell.dataset.optional);
  const keys = optional.map((cell) => cell.dataset.key);
  const start = optional.filter((cell) => cell.dataset.optional === "shown").map((cell) => cell.dataset.key);
  const boxes = new Map();

  function shown() {
    const chosen = all("column").filter((key) => keys.includes(key));
    if (all("column").includes("none")) return [];
    return chosen.length ? chosen : start;
  }

  function choose() {
    const chosen = keys.filter((key) => boxes.get(key).checked);
    const isStart = chosen.length === start.length && chosen.every((key) => start.includes(key));
    set({ column: isStart ? [] : chosen.length ? chosen : ["none"] });
  }

  function title(cell) {
    const copy = cell.cloneNode(true);
    for (const hint of copy.querySelectorAll(".hint")) hint.remove();
    return copy.textContent.trim();
  }

  for (const cell of optional) {
    const box = document.createElement("input");
    box.type = "checkbox";
    box.autocomplete = "off";
    box.value = cell.dataset.key;
    box.addEventListener("change", choose);
    boxes.set(cell.dataset.key, box);
    const label = document.createElement("label");
    label.append(box, ` ${title(cell)}`);
    chooser.append(label);
  }

  onChange(() => {
    const wanted = shown();
    for (const cell of optional) {
      const isShown = wanted.includes(cell.dataset.key);
      boxes.get(cell.dataset.key).checked = isShown;
      for (const row of table.rows) row.cells[cells.indexOf(cell)].hidden = !isShown;
    }
  });
})();
