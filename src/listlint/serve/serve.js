"use strict";
(() => {
  const root = document.documentElement;
  const lang = document.getElementById("lang");
  const speak = (next) => {
    root.lang = next === "zh" ? "zh-Hans" : "en";
    for (const each of document.querySelectorAll("[data-en]")) each.textContent = each.dataset[next];
  };
  if (lang) lang.addEventListener("change", () => speak(lang.value));

  const drop = document.querySelector(".drop");
  if (drop) {
    const input = drop.querySelector("input");
    const form = drop.closest("form");
    const over = (event, on) => {
      event.preventDefault();
      drop.classList.toggle("over", on);
    };
    for (const name of ["dragenter", "dragover"]) window.addEventListener(name, (e) => over(e, true));
    window.addEventListener("dragleave", (e) => over(e, false));
    window.addEventListener("drop", (event) => {
      over(event, false);
      if (event.dataTransfer.files.length) {
        input.files = event.dataTransfer.files;
        list();
      }
    });
    const chosen = document.getElementById("chosen");
    const list = () => {
      chosen.replaceChildren(...[...input.files].map((file) => {
        const item = document.createElement("li");
        item.textContent = `${file.name} · ${(file.size / 1e6).toFixed(1)} MB`;
        return item;
      }));
    };
    input.addEventListener("change", list);
    form.addEventListener("submit", () => {
      form.querySelector("[type=submit]").disabled = true;
    });
    // Back from the results: the button can be pressed again.
    window.addEventListener("pageshow", () => {
      list();
      form.querySelector("[type=submit]").disabled = false;
    });
  }

  const address = document.body.dataset.check;
  if (address) {
    const rows = document.getElementById("rows");
    let leaving = false;
    const ask = async () => {
      try {
        const said = await (await fetch(`${address}/state`)).json();
        if (said.state === "done" || said.state === "failed") {
          leaving = true;
          location.replace(address);
          return;
        }
        if (said.rows) {
          const figures = { n: said.rows.toLocaleString(), file: said.file };
          rows.textContent = rows.dataset.text.replace(/\{(\w+)\}/g, (_, name) => figures[name]);
        }
      } catch { /* the server may be busy; ask again */ }
      setTimeout(ask, 400);
    };
    ask();
    window.addEventListener("pagehide", () => {
      if (!leaving) navigator.sendBeacon(`${address}/close`);
    });
  }
})();
