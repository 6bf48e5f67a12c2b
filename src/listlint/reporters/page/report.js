"use strict";
// Rows of the embedded data, as listlint.reporters.page.data writes them:
//   group:   [sheet, row, sku, title, rank by risk, place in the file]
//   finding: [group, rule, severity, confidence, message, why, fix, sources, column, cell,
//             [before, words, after], evasion, marketplaces, edit, why it does not count, new (1 or 0)]
// Texts, sources and sheets stand in tables of their own; a number says which. Everything is put
// into the page as text: what a listing holds is never parsed as markup.
(() => {
  const GROUP = 0, RULE = 1, SEVERITY = 2, CONFIDENCE = 3, MESSAGE = 4, WHY = 5, FIX = 6,
    SOURCES = 7, COLUMN = 8, CELL = 9, SNIPPET = 10, EVASION = 11, MARKETPLACES = 12, EDIT = 13,
    EXCUSE = 14, NEW = 15;
  const CHUNK = 40, PER_LISTING = 25, PRINTED = 400, TYPING = 90, PRESENT = 4000;

  const data = JSON.parse(document.getElementById("data").textContent);
  const at = (id) => document.getElementById(id);
  const root = document.documentElement;
  const fields = ["area", "rule", "confidence", "sheet", "sort"];
  let lang = root.dataset.lang;
  let only = null; // the number of the one listing to show
  let shown = []; // [group, findings] that match, in order
  let drawn = 0;
  let haystacks = null;

  const index = () => (lang === "zh" ? 1 : 0);
  const say = (key, values = {}) =>
    data.ui[key][index()].replace(/\{(\w+)\}/g, (whole, name) =>
      name in values ? values[name] : whole);
  const number = (n) => n.toLocaleString(lang === "zh" ? "zh-CN" : "en");
  const text = (n) => data.texts[n][index()];

  function element(tag, props = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(props)) {
      if (name === "class") made.className = value;
      else made.setAttribute(name, value);
    }
    made.append(...children);
    return made;
  }

  const byGroup = data.groups.map(() => []);
  data.findings.forEach((finding, n) => byGroup[finding[GROUP]].push(n));

  // ---- choosing

  function haystack(n) {
    // Built at the first search only; lower case of both languages, so that either finds it.
    if (!haystacks) haystacks = new Array(data.findings.length);
    if (haystacks[n] === undefined) {
      const f = data.findings[n], g = data.groups[f[GROUP]];
      haystacks[n] = [g[2], g[3], data.sheets[g[0]], f[RULE], data.rules[f[RULE]][0], f[COLUMN],
        f[CELL], ...(f[SNIPPET] || []), ...data.texts[f[MESSAGE]], ...f[MARKETPLACES]]
        .join("\n").toLowerCase();
    }
    return haystacks[n];
  }

  function choose() {
    const words = at("q").value.toLowerCase().split(/\s+/).filter(Boolean);
    const severities = [...document.querySelectorAll("[name=severity]")].map((box) => box.checked);
    const [area, rule, confidence, sheet, sort] = fields.map((id) => at(id).value);
    const suppressed = at("suppressed").checked, fresh = at("new")?.checked;
    const wanted = (n) => {
      const f = data.findings[n];
      return severities[f[SEVERITY]]
        && (!area || data.rules[f[RULE]][1] === area)
        && (!rule || f[RULE] === rule)
        && (!confidence || data.confidences[f[CONFIDENCE]][0] === confidence)
        && (suppressed || f[EXCUSE] === null)
        && (!fresh || f[NEW])
        && words.every((word) => haystack(n).includes(word));
    };
    shown = [];
    data.groups.forEach((group, g) => {
      if (only !== null && g !== only) return;
      if (sheet && String(group[0]) !== sheet) return;
      const hits = byGroup[g].filter(wanted);
      if (hits.length) shown.push([g, hits]);
    });
    const last = data.groups.length;
    if (sort === "risk") {
      const rank = (g) => data.groups[g][4] ?? last;
      shown.sort((a, b) => rank(a[0]) - rank(b[0]) || a[0] - b[0]);
    } else if (sort === "file") {
      shown.sort((a, b) => data.groups[a[0]][5] - data.groups[b[0]][5]);
    }
    draw();
  }

  // ---- drawing

  function draw() {
    at("list").replaceChildren();
    drawn = 0;
    const findings = shown.reduce((sum, [, hits]) => sum + hits.length, 0);
    at("status").textContent = findings
      ? say("status", { f: number(findings), l: number(shown.length) })
      : say(data.findings.length ? "status_none" : "no_findings");
    drawMore(CHUNK);
  }

  function drawMore(count) {
    const part = document.createDocumentFragment();
    const until = Math.min(shown.length, drawn + count);
    for (; drawn < until; drawn += 1) part.append(listing(...shown[drawn]));
    at("list").append(part);
    const left = shown.length - drawn;
    at("more").hidden = left === 0;
    at("more").textContent = say("more", { n: number(Math.min(left, CHUNK)) });
  }

  function listing(g, hits) {
    const [sheet, row, sku, title] = data.groups[g];
    const where = row === null ? say("whole_sheet") : say("row", { n: row });
    const head = element("h3", { id: `listing-${g}`, tabindex: "-1" },
      sku || (row === null ? data.sheets[sheet] : title || where));
    const article = element("article", { "aria-labelledby": `listing-${g}` },
      element("header", {}, head));
    if (title && sku) article.firstChild.append(element("p", {}, title));
    article.firstChild.append(element("p", { class: "place" }, `${data.sheets[sheet]} · ${where}`));
    const list = element("ul");
    list.append(...blocks(hits.slice(0, PER_LISTING)));
    article.append(list);
    const left = hits.length - PER_LISTING;
    if (left > 0) {
      const button = element("button", { type: "button" }, say("more_here", { n: number(left) }));
      button.addEventListener("click", () => {
        const last = list.children.length - 1;
        list.replaceChildren(...blocks(hits));
        button.remove();
        list.children[last].tabIndex = -1;
        list.children[last].focus();
      });
      article.append(button);
    }
    return article;
  }

  // What a rule says is said once for all its findings in a listing.
  function blocks(hits) {
    const found = new Map();
    for (const n of hits) {
      const f = data.findings[n];
      const key = [f[RULE], f[SEVERITY], f[CONFIDENCE], f[WHY], f[FIX], f[SOURCES], f[EXCUSE]].join("\n");
      if (!found.has(key)) found.set(key, []);
      found.get(key).push(f);
    }
    return [...found.values()].map(block);
  }

  function block(same) {
    const f = same[0], [name] = data.rules[f[RULE]], severity = data.severities[f[SEVERITY]];
    const made = element("li", {},
      element("p", { class: "head" },
        element("span", { class: `badge ${severity[0]}` }, severity[1 + index()]), " ",
        element("b", {}, `${f[RULE]} ${name}`), " ",
        element("span", { class: "place" },
          `${say("confidence")}: ${data.confidences[f[CONFIDENCE]][1 + index()]}`)));
    if (same.some((each) => each[NEW])) {
      made.firstChild.append(" ", element("span", { class: "badge new" }, say("new")));
    }
    const list = element("ul", { class: "spots" });
    const spots = new Map();
    for (const each of same) {
      const text = each[SNIPPET] ? each[SNIPPET].join("") : "";
      const key = [each[COLUMN], each[CELL], text].join("\n");
      if (!spots.has(key)) spots.set(key, []);
      spots.get(key).push(each);
    }
    list.append(...[...spots.values()].map(spot));
    made.append(list);
    const facts = element("dl", { class: "facts" });
    const fact = (key, ...parts) => facts.append(element("dt", {}, say(key)), element("dd", {}, ...parts));
    fact("why", text(f[WHY]));
    fact("fix", text(f[FIX]));
    const links = data.sources[f[SOURCES]].flatMap(([url, day], k) => [k ? " · " : "", link(url),
      ` (${say("read_on", { d: day })})`]);
    if (links.length) fact("source", ...links);
    made.append(facts);
    if (f[EXCUSE] !== null) {
      made.append(element("p", { class: "place" }, say("not_counted", { why: f[EXCUSE] })));
    }
    return made;
  }

  // A cell: where it is, its text with all the words marked, and what is said of them.
  function spot(found) {
    const f = found[0], place = element("div", { class: "place" });
    if (f[CELL]) place.append(element("b", {}, f[CELL]), " ");
    place.append(f[COLUMN] || (f[CELL] ? "" : say("whole_row")));
    const said = element("div");
    if (f[SNIPPET]) said.append(element("blockquote", {}, ...marked(found)));
    for (const message of new Set(found.map((each) => text(each[MESSAGE])))) {
      said.append(element("p", { class: "what" }, message));
    }
    for (const way of new Set(found.map((each) => each[EVASION]).filter(Boolean))) {
      said.append(element("p", { class: "place" }, `${say("evasion")}: ${way}`));
    }
    for (const edit of new Set(found.map((each) => each[EDIT]).filter((e) => e !== null))) {
      said.append(element("p", { class: "place" }, `${say("edit")}: ${edit || say("edit_delete")}`));
    }
    return element("li", {}, place, said);
  }

  function marked(found) {
    const whole = found[0][SNIPPET].join("");
    const spans = found
      .map(({ [SNIPPET]: [before, words] }) => [before.length, before.length + words.length])
      .filter(([from, to]) => to > from)
      .sort((a, b) => a[0] - b[0]);
    const parts = [];
    let end = 0;
    for (const [from, to] of spans) {
      if (to <= end) continue;
      const start = Math.max(from, end);
      parts.push(whole.slice(end, start), element("mark", {}, whole.slice(start, to)));
      end = to;
    }
    return [...parts, whole.slice(end)];
  }

  function link(url) {
    // Nothing but the web: a source is data too.
    if (!/^https?:\/\//i.test(url)) return url;
    const shown = url.replace(/^https?:\/\/(www\.)?/i, "").replace(/\/$/, "");
    return element("a", { href: url, target: "_blank", rel: "noreferrer noopener" },
      shown.length > 70 ? `${shown.slice(0, 68)}…` : shown);
  }

  // ---- language and appearance

  function speak(next) {
    lang = next;
    root.lang = lang === "zh" ? "zh-Hans" : "en";
    root.dataset.lang = lang;
    for (const each of document.querySelectorAll("[data-en]")) each.textContent = each.dataset[lang];
    for (const each of document.querySelectorAll("[data-only]")) each.hidden = each.dataset.only !== lang;
    at("q").placeholder = at("q").getAttribute(`data-${lang}-placeholder`);
    at("filter").setAttribute("aria-label", at("filter").getAttribute(`data-${lang}-label`));
    draw();
  }

  const remember = (key, value) => {
    try {
      if (value === undefined) return localStorage.getItem(`listlint-${key}`);
      localStorage.setItem(`listlint-${key}`, value);
    } catch { /* a page opened from disk may have no storage */ }
    return null;
  };

  function dress(theme) {
    if (theme === "auto") delete root.dataset.theme;
    else root.dataset.theme = theme;
  }

  // ---- the address: #area=ip&severity=error, #rule=IP101, #listing=3, #sort=risk, #new

  function follow() {
    const wanted = new URLSearchParams(location.hash.slice(1));
    const known = ["area", "rule", "severity", "listing", "sort", "new"].filter((key) => wanted.has(key));
    if (!known.length) return;
    clear();
    for (const id of ["area", "rule"]) at(id).value = wanted.get(id) ?? "";
    if (wanted.has("sort")) at("sort").value = wanted.get("sort");
    if (wanted.has("new") && at("new")) at("new").checked = true;
    if (wanted.has("severity")) {
      for (const box of document.querySelectorAll("[name=severity]")) {
        box.checked = box.value === wanted.get("severity");
      }
    }
    const g = Number(wanted.get("listing") ?? NaN);
    only = Number.isInteger(g) && g in data.groups ? g : null;
    choose();
    const target = only === null ? at("findings") : at(`listing-${only}`) ?? at("findings");
    target.focus({ preventScroll: true });
    target.scrollIntoView({ block: "start" });
  }

  function clear() {
    only = null;
    at("q").value = "";
    for (const id of fields) at(id).selectedIndex = 0;
    for (const box of document.querySelectorAll("[name=severity]")) box.checked = true;
    at("suppressed").checked = false;
    if (at("new")) at("new").checked = false;
  }

  // ---- wiring

  for (const [n, name] of data.sheets.entries()) at("sheet").append(element("option", { value: n }, name));
  for (const code of Object.keys(data.rules).sort()) {
    at("rule").append(element("option", { value: code }, `${code} ${data.rules[code][0]}`));
  }
  at("with-suppressed").hidden = !data.findings.some((f) => f[EXCUSE] !== null);

  let timer = 0;
  at("q").addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => { only = null; choose(); }, TYPING);
  });
  at("filter").addEventListener("change", (event) => {
    if (event.target.id === "q") return;
    only = null;
    choose();
  });
  at("filter").addEventListener("submit", (event) => event.preventDefault());
  at("filter").addEventListener("reset", (event) => {
    event.preventDefault();
    clear();
    history.replaceState(null, "", location.pathname + location.search);
    choose();
  });
  at("more").addEventListener("click", () => {
    const before = drawn;
    drawMore(CHUNK);
    at(`listing-${shown[before][0]}`).focus();
  });
  at("lang").addEventListener("change", (event) => {
    remember("lang", event.target.value);
    speak(event.target.value);
  });
  at("theme").addEventListener("change", (event) => {
    remember("theme", event.target.value);
    dress(event.target.value);
  });
  document.addEventListener("click", (event) => {
    const bar = event.target.closest?.("[data-query]");
    const anchor = event.target.closest?.('a[href^="#"]');
    if (bar) location.hash = bar.dataset.query;
    // A second click on the same link changes no address, and is meant all the same.
    else if (anchor && anchor.hash === location.hash) follow();
  });
  window.addEventListener("hashchange", follow);
  window.addEventListener("beforeprint", () => {
    if (drawn < Math.min(PRINTED, shown.length)) drawMore(PRINTED - drawn);
    at("printed").hidden = drawn >= shown.length;
    at("printed").textContent = say("printed", { n: number(drawn), all: number(shown.length) });
  });
  window.addEventListener("afterprint", () => { at("printed").hidden = true; });
  const session = document.body.dataset.session;
  if (session) {
    // A page says good-bye when it is reloaded too, after the new one was asked for: so the new one
    // says that it is there.
    setInterval(() => fetch(`${session}/state`).catch(() => {}), PRESENT);
    window.addEventListener("pagehide", () => navigator.sendBeacon(`${session}/close`));
    window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  }

  const theme = remember("theme");
  if (theme === "light" || theme === "dark") {
    at("theme").value = theme;
    dress(theme);
  }
  choose();
  follow();
  root.dataset.ready = "";
})();
