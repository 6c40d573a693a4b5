// Light or dark as the system says, until someone chooses. A host's pages share the choice; on disk each page has its own.
"use strict";

(() => {
  const NAMES = { "": "Theme: as the system", light: "Theme: light", dark: "Theme: dark" };
  const ORDER = Object.keys(NAMES);

  function stored() {
    try {
      return localStorage.getItem("gnomon-theme") ?? "";
    } catch {
      return ""; // storage is refused to some pages on disk
    }
  }

  function store(theme) {
    try {
      localStorage.setItem("gnomon-theme", theme);
    } catch {
      // the choice lasts as long as the page
    }
  }

  let theme = ORDER.includes(stored()) ? stored() : "";

  function show() {
    if (theme) document.documentElement.dataset.theme = theme;
    else delete document.documentElement.dataset.theme;
    const button = document.getElementById("theme");
    if (button) button.textContent = NAMES[theme];
  }

  show(); // before anything is painted
  addEventListener("DOMContentLoaded", () => {
    const button = document.getElementById("theme");
    button.hidden = false;
    button.addEventListener("click", () => {
      theme = ORDER[(ORDER.indexOf(theme) + 1) % ORDER.length];
      store(theme);
      show();
    });
    show();
  });
})();
