// What the reader chose, in the address after the #, so that a link shares it: name → values.
"use strict";

window.gnomon = (() => {
  const listeners = [];
  let values = read();

  function read() {
    return location.hash.includes("=") ? new URLSearchParams(location.hash.slice(1)) : new URLSearchParams();
  }

  function announce() {
    for (const listener of listeners) listener();
  }

  // A link to a place on the page leaves the state as it is.
  addEventListener("hashchange", () => {
    if (location.hash && !location.hash.includes("=")) return;
    values = read();
    announce();
  });

  return {
    all: (name) => values.getAll(name),
    one: (name) => values.get(name) ?? "",
    // An empty list of values takes the name out of the address.
    set(changes) {
      for (const [name, chosen] of Object.entries(changes)) {
        values.delete(name);
        for (const value of chosen) values.append(name, value);
      }
      history.replaceState(null, "", `#${values}`);
      announce();
    },
    onChange(listener) {
      listeners.push(listener);
      listener();
    },
  };
})();
