// Pins rows: they stay on top, whatever is sorted or filtered, and can be compared with each other.
"use strict";

(() => {
  const table = document.getElementById("table");
  if (!table) return;

  const { all, set, onChange } = window.gnomon;
  const rows = [...table.tBodies].flatMap((body) => [...body.rows]);
  const homes = new Map(rows.map((row) => [row, row.parentElement]));
  const names = rows.map((row) => row.dataset.name);
  const top = document.createElement("tbody");
  top.className = "pinned";
  table.tBodies[0].before(top);

  const link = document.createElement("a");
  link.className = "compare";
  link.hidden = true;
  document.querySelector(".controls")?.append(link);

  function toggle(name) {
    const pinned = all("pin").filter((one) => names.includes(one));
    set({ pin: pinned.includes(name) ? pinned.filter((one) => one !== name) : [...pinned, name] });
  }

  function button(row) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "pin";
    made.setAttribute("aria-label", `Pin ${row.dataset.name}`);
    made.addEventListener("click", () => {
      toggle(row.dataset.name);
      made.focus(); // the row has moved
    });
    row.querySelector("th").prepend(made);
    return made;
  }

  const buttons = new Map(rows.map((row) => [row, button(row)]));

  function showLink(pinned) {
    link.hidden = !table.dataset.compare || pinned.length < 2;
    const chosen = new URLSearchParams(pinned.map((name) => ["algorithm", name]));
    link.href = `${table.dataset.compare}#${chosen}`;
    link.textContent = `Compare the ${pinned.length} pinned`;
  }

  onChange(() => {
    const pinned = all("pin").filter((name) => names.includes(name));
    for (const row of rows) {
      const isPinned = pinned.includes(row.dataset.name);
      buttons.get(row).setAttribute("aria-pressed", String(isPinned));
      const body = isPinned ? top : homes.get(row);
      if (row.parentElement !== body) body.append(row);
    }
    showLink(pinned);
  });
})();
