// Sorts, searches and filters the page's table. Rows of a body stay in it: those that are not ranked stay below.
"use strict";

(() => {
  const table = document.getElementById("table");
  if (!table) return;

  const { all, one, set, onChange } = window.gnomon;
  const headers = [...table.querySelectorAll("th[data-key]")];
  const places = new Map([...table.tHead.rows[0].cells].map((cell, place) => [cell, place]));
  const search = document.getElementById("search");
  const level = document.getElementById("level");
  const found = document.getElementById("found");
  const written = new Map([...table.tBodies].flatMap((body) => [...body.rows]).map((row, place) => [row, place]));

  const header = (key) => headers.find((candidate) => candidate.dataset.key === key);

  function order() {
    const chosen = header(one("sort")) ?? header(table.dataset.sort);
    const isStart = chosen && chosen.dataset.key === table.dataset.sort && !one("order");
    return { chosen, direction: isStart ? "ascending" : one("order") === "descending" ? "descending" : "ascending" };
  }

  const asText = (mine, theirs) => mine.localeCompare(theirs, "en");
  const asNumbers = (mine, theirs) => Number(mine) - Number(theirs);

  // Cells without a value come last in either direction; equals stay as they were written.
  function comparison(chosen, direction) {
    const place = places.get(chosen);
    const value = (row) => row.cells[place].dataset.value;
    const difference = chosen.classList.contains("number") ? asNumbers : asText;
    return (row, other) => {
      const [mine, theirs] = [value(row), value(other)];
      if (mine === undefined || theirs === undefined) return (mine === undefined) - (theirs === undefined);
      return (direction === "descending" ? -1 : 1) * difference(mine, theirs);
    };
  }

  function sort() {
    const { chosen, direction } = order();
    for (const body of table.tBodies) {
      const rows = [...body.rows].sort((row, other) => written.get(row) - written.get(other));
      if (chosen) rows.sort(comparison(chosen, direction));
      body.append(...rows);
    }
    for (const other of headers) other.removeAttribute("aria-sort");
    chosen?.setAttribute("aria-sort", direction);
  }

  function isWanted(row) {
    const wanted = one("search").trim().toLowerCase();
    const isTrusted = !level || Number(row.dataset.level) >= Number(level.value);
    return all("pin").includes(row.dataset.name) || (isTrusted && row.dataset.name.toLowerCase().includes(wanted));
  }

  function filter() {
    const rows = [...written.keys()];
    for (const row of rows) row.hidden = !isWanted(row);
    if (!found) return;
    const count = rows.filter((row) => !row.hidden).length;
    found.textContent = count < rows.length || one("search") ? `${count} of ${rows.length} shown` : "";
  }

  function showControls() {
    if (search && search.value !== one("search")) search.value = one("search");
    if (!level) return;
    const isKnown = [...level.options].some((option) => option.value === one("level"));
    level.value = isKnown ? one("level") : "";
  }

  function sortBy(chosen) {
    const { chosen: before, direction } = order();
    const turned = direction === "ascending" ? "descending" : "ascending";
    set({ sort: [chosen.dataset.key], order: [chosen === before ? turned : chosen.dataset.first] });
  }

  for (const heading of headers) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    button.addEventListener("click", () => sortBy(heading));
    heading.append(button);
  }
  search?.addEventListener("input", () => set({ search: search.value ? [search.value] : [] }));
  level?.addEventListener("change", () => set({ level: level.value ? [level.value] : [] }));
  for (const controls of document.querySelectorAll(".controls")) controls.hidden = false;

  onChange(() => {
    showControls();
    sort();
    filter();
  });
})();
