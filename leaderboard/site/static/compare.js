// Shows the rows and columns of the chosen algorithms, and marks the highest mean of each line that is shown.
"use strict";

(() => {
  const chooser = document.getElementById("chooser");
  if (!chooser) return;

  const { all, set, onChange } = window.gnomon;
  const boxes = [...chooser.querySelectorAll("input")];
  const names = boxes.map((box) => box.value);

  function mark(row) {
    const cells = [...row.querySelectorAll("td[data-value]")].filter((cell) => !cell.hidden);
    const highest = Math.max(...cells.map((cell) => Number(cell.dataset.value)));
    for (const cell of row.cells) cell.classList.remove("highest");
    for (const cell of cells) cell.classList.toggle("highest", cells.length > 1 && Number(cell.dataset.value) === highest);
  }

  for (const box of boxes) {
    box.addEventListener("change", () => set({ algorithm: names.filter((_, place) => boxes[place].checked) }));
  }
  chooser.hidden = false;

  onChange(() => {
    const chosen = names.filter((name) => all("algorithm").includes(name));
    const isShown = (name) => chosen.length === 0 || chosen.includes(name);
    for (const box of boxes) box.checked = chosen.includes(box.value);
    for (const row of document.querySelectorAll(".improvement tr[data-name]")) row.hidden = !isShown(row.dataset.name);
    for (const cell of document.querySelectorAll("[data-column]")) cell.hidden = !isShown(cell.dataset.column);
    for (const row of document.querySelectorAll(".side tbody tr")) mark(row);
    document.getElementById("chosen").textContent = chosen.length ? `${chosen.length} of ${names.length}` : "all";
  });
})();
