// Draws the report: one page at a time, in the chosen language, theme, width and filters.
const vegaEmbed = window.mwEmbed;
const data = JSON.parse(document.getElementById("data").textContent);
const root = document.documentElement;
const NARROW = 520;
const state = { page: null, lang: "en", theme: "light", filters: {} };

// ---- how figures are written ---------------------------------------------------------------
const zh = () => state.lang === "zh";
const number = (value, digits) =>
  value.toLocaleString("en-US", { minimumFractionDigits: 0, maximumFractionDigits: digits });
function short(value) {
  const size = Math.abs(value);
  if (zh()) {
    if (size >= 1e8) return number(value / 1e8, 2) + "亿";
    if (size >= 1e4) return number(value / 1e4, 1) + "万";
  } else {
    if (size >= 1e9) return number(value / 1e9, 2) + "B";
    if (size >= 1e6) return number(value / 1e6, 2) + "M";
    if (size >= 1e4) return number(value / 1e3, 1) + "k";
  }
  return number(value, size < 10 ? 2 : size < 1000 ? 1 : 0);
}
const known = (write) => (value) =>
  value === null || value === undefined || (typeof value === "number" && isNaN(value)) ? "–" : write(value);
const iso = (value) => (value instanceof Date ? value : new Date(value)).toISOString();
const write = {
  text: known(String),
  count: known((v) => short(v)),
  decimal: known((v) => number(v, Math.abs(v) < 10 ? 2 : 1)),
  money: known((v) => (v < 0 ? "−¥" : "¥") + short(Math.abs(v))),
  rate: known((v) => number(v * 100, Math.abs(v) < 0.1 ? 1 : Math.abs(v) < 1 ? 1 : 0) + "%"),
  month: known((v) => iso(v).slice(0, 7)),
  day: known((v) => iso(v).slice(0, 10)),
  moment: known((v) => iso(v).slice(0, 16).replace("T", " ")),
};
const exact = {
  ...write,
  count: known((v) => number(v, 2)),
  money: known((v) => (v < 0 ? "−¥" : "¥") + number(Math.abs(v), Math.abs(v) < 1000 ? 2 : 0)),
};
const writers = Object.fromEntries(Object.entries(write).map(([name, how]) => [`mw_${name}`, (value) => how(value)]));

// ---- the rows of a chart under the page's filters --------------------------------------------
const pick = (pair) => pair[zh() ? 1 : 0];
function objects(chart) {
  const hidden = new Set(chart.hidden);
  return chart.rows.map((row, i) => {
    const one = { _hidden: hidden.has(i) };
    chart.names.forEach((name, at) => (one[name] = row[at]));
    return one;
  });
}
function filtered(chart) {
  let rows = objects(chart);
  const chosen = state.filters[state.page] || {};
  for (const name of chart.filters) {
    const value = chosen[name];
    if (name === "month") {
      if (!value) continue;
      const last = rows.map((r) => r.month).sort().at(-1);
      const from = new Date(last);
      from.setUTCMonth(from.getUTCMonth() - Number(value) + 1);
      rows = rows.filter((r) => new Date(r.month) >= from);
    } else if (value !== undefined) {
      rows = rows.filter((r) => String(r[name]) === value);
    }
  }
  return rows;
}

// ---- the specification in this language and theme ----------------------------------------------
function placed(part, chart, colours, parent) {
  if (typeof part === "string") {
    if (part.startsWith("@")) return colours[part.slice(1)];
    if (part.startsWith("§")) {
      const column = chart.columns.find((c) => c[0] === part.slice(1));
      return column ? pick([column[2], column[3]]) : part.slice(1);
    }
    if (parent === "field" && zh() && chart.names.includes(part + "_zh")) return part + "_zh";
    return part;
  }
  if (Array.isArray(part)) return part.map((one) => placed(one, chart, colours, parent));
  if (part && typeof part === "object")
    return Object.fromEntries(Object.entries(part).map(([k, v]) => [k, placed(v, chart, colours, k)]));
  return part;
}
function config(colours, width) {
  const font = getComputedStyle(document.body).fontFamily;
  const small = width < NARROW;
  return {
    font, background: "transparent", customFormatTypes: true, view: { stroke: null },
    axis: {
      labelColor: colours.muted, titleColor: colours.muted, gridColor: colours.line, domainColor: colours.line,
      tickColor: colours.line, labelFontSize: 11.5, titleFontSize: 11.5, titleFontWeight: 500, labelPadding: 5,
      domain: false, ticks: false, labelLimit: small ? 112 : 230, titlePadding: 9,
    },
    legend: {
      orient: "top", direction: "horizontal", columns: Math.max(2, Math.floor(width / 125)), labelColor: colours.text,
      labelFontSize: 12, symbolType: "circle", symbolSize: 70, titleColor: colours.muted, labelLimit: 170, offset: 8,
      columnPadding: 12,
    },
    range: { category: colours.series, heatmap: colours.heat, ramp: colours.heat, diverging: colours.diverging },
    mark: { color: colours.series[0] }, text: { color: colours.text }, rule: { color: colours.muted },
    bar: { color: colours.series[0] }, line: { color: colours.series[0] }, area: { color: colours.series[0] },
    point: { color: colours.series[0] },
  };
}
// The ink of a cell is whichever of two stands out more on the colour the cell will have.
const light = (colour) => {
  const part = (at) => {
    const value = parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5);
};
function inked(rows, chart, colours) {
  if (!chart.heat) return rows;
  const values = rows.map((r) => r[chart.heat]).filter((v) => v !== null);
  const scale = chart.middle === null ? colours.heat : colours.diverging;
  const high = Math.max(...values);
  if (!values.length) return rows;
  const low = Math.min(...values);
  const place = (v) => {
    if (chart.middle === null) return (v - low) / (high - low || 1);
    return v < chart.middle ? 0.5 * (v - low) / (chart.middle - low || 1) : 0.5 + 0.5 * (v - chart.middle) / (high - chart.middle || 1);
  };
  const [first, second] = colours.ink.map(light);
  for (const row of rows) {
    const ground = light(scale[Math.round(place(row[chart.heat] ?? low) * (scale.length - 1))]);
    const apart = (ink) => (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05);
    row._ink = colours.ink[apart(first) >= apart(second) ? 0 : 1];
  }
  return rows;
}
async function draw(box) {
  const chart = data.charts[box.dataset.chart];
  const rows = filtered(chart);
  const note = box.parentElement.querySelector(".note");
  const notes = [];
  if (!rows.length) notes.push(zh() ? "当前筛选条件下没有数据。" : "No figures for this choice.");
  if (rows.some((r) => r._hidden))
    notes.push(zh() ? `不足${data.limit}人的分组不显示数据。` : `Groups of fewer than ${data.limit} members show no figure.`);
  note.textContent = notes.join(" ");
  note.hidden = !notes.length;
  if (chart.mark === "table") return box.replaceChildren(table(chart, rows));
  if (chart.mark === "cards") return box.replaceChildren(cards(chart, rows));
  const colours = data.theme[state.theme];
  const target = document.createElement("div");
  target.className = "drawing";
  box.replaceChildren(target);
  const named = { role: "img", "aria-roledescription": "", "aria-label": pick(chart.alt) };
  const name = () => Object.entries(named).forEach(([k, v]) => (v ? target.setAttribute(k, v) : target.removeAttribute(k)));
  name();
  if (!rows.length) return;
  const across = new Set(rows.map((r) => r[chart.x])).size;
  if (chart.heat) target.style.minWidth = `${across * 36 + 120}px`;
  const spec = placed(chart.spec, chart, colours);
  spec.datasets = { rows: inked(rows, chart, colours) };
  if (spec.height.step) spec.height = Math.max(new Set(rows.map((r) => r[chart.y])).size, 1) * spec.height.step;
  spec.autosize = { type: "fit-x", contains: "padding" };
  const view = await vegaEmbed(target, spec, {
    actions: false, renderer: "svg", defaultStyle: false, config: config(colours, target.clientWidth),
    expressionFunctions: writers, logLevel: 1,
    tooltip: { disableDefaultStyle: true },
  });
  // The picture has one text alternative, its own; single marks are not read out one by one.
  name();
  for (const svg of target.querySelectorAll("svg")) svg.setAttribute("aria-hidden", "true");
  return view;
}

// ---- tables and cards --------------------------------------------------------------------------
const element = (tag, attributes = {}, ...children) => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
};
const FIGURES = new Set(["count", "money", "rate", "decimal", "unit"]);
function cell(chart, row, [name, format]) {
  const value = zh() && row[name + "_zh"] !== undefined ? row[name + "_zh"] : row[name];
  const kind = format === "unit" ? row._unit : format;
  if (row._hidden && chart.guard.includes(name)) return "<" + data.limit;
  return exact[kind](value);
}
function table(chart, rows) {
  const columns = chart.columns.filter((c) => c[1] !== "trend");
  const figure = (c) => (FIGURES.has(c[1]) ? { class: "figure" } : {});
  const head = columns.map((c) => element("th", { scope: "col", ...figure(c) }, pick([c[2], c[3]])));
  const body = rows.map((row) =>
    element("tr", {}, ...columns.map((c) => {
      const text = cell(chart, row, c);
      const tone = row[`_tone_${c[0]}`];
      return element("td", figure(c), tone ? element("span", { class: `badge ${tone}` }, text) : text);
    })),
  );
  return element("div", { class: "rows", tabindex: "0", role: "region", "aria-label": pick(chart.alt) },
    element("table", {}, element("thead", {}, element("tr", {}, ...head)), element("tbody", {}, ...body)));
}
function trend(values) {
  const seen = values.filter((v) => v !== null);
  const low = Math.min(...seen), high = Math.max(...seen), step = 100 / Math.max(values.length - 1, 1);
  const points = values
    .map((v, i) => (v === null ? null : `${(i * step).toFixed(1)},${(30 - ((v - low) / (high - low || 1)) * 26).toFixed(1)}`))
    .filter(Boolean).join(" ");
  const holder = element("span");
  holder.innerHTML = `<svg viewBox="0 0 100 34" preserveAspectRatio="none" aria-hidden="true"><polyline points="${points}" fill="none" stroke="var(--accent)" stroke-width="2" vector-effect="non-scaling-stroke"/></svg>`;
  return holder.firstChild;
}
function card(row) {
  const kind = row._unit in write ? row._unit : "decimal";
  const beside = [];
  if (row.before !== null && row.before !== undefined && row.value !== null) {
    const change = kind === "rate" ? (row.value - row.before) * 100 : ((row.value - row.before) / Math.abs(row.before || 1)) * 100;
    const arrow = Math.abs(change) < 0.05 ? "→" : change > 0 ? "▲" : "▼";
    const unit = kind === "rate" ? (zh() ? " 个百分点" : " pp") : "%";
    beside.push(`${arrow} ${number(Math.abs(change), 1)}${unit} ${zh() ? "较上月" : "on the month before"}`);
  }
  if (row.target !== null && row.target !== undefined) beside.push(`${zh() ? "目标" : "target"} ${write[kind](row.target)}`);
  const made = element("li", {},
    element("span", { class: "name" }, (zh() && row.kpi_zh) || row.kpi,
      ...(row.state ? [element("span", { class: `badge ${row._tone_state || "plain"}` }, (zh() && row.state_zh) || row.state)] : [])),
    element("span", { class: "value" }, row._hidden ? `<${data.limit}` : write[kind](row.value)),
    element("span", { class: "beside" }, beside.join(" · ")));
  if (row.trend && row.trend.filter((v) => v !== null).length > 1) made.append(trend(row.trend));
  return made;
}
function cards(chart, rows) {
  const across = rows.length <= 6 ? Math.max(rows.length, 3) : 4;
  const attributes = { class: "cards", style: `--across: ${across}`, "aria-label": pick(chart.alt) };
  return element("ul", attributes, ...rows.map(card));
}

// ---- pages, switches, filters ------------------------------------------------------------------
async function show() {
  const token = (show.token = {});
  delete document.body.dataset.ready;
  root.lang = state.lang;
  root.dataset.theme = state.theme;
  document.getElementById("theme").setAttribute("aria-pressed", String(state.theme === "dark"));
  const other = document.getElementById("language");
  other.textContent = zh() ? "English" : "中文";
  other.lang = zh() ? "en" : "zh";
  for (const option of document.querySelectorAll("option")) option.textContent = option.dataset[state.lang];
  for (const section of document.querySelectorAll(".page")) {
    section.hidden = section.dataset.page !== state.page;
    // A page that is left keeps no drawings: they are made anew when it is opened again.
    if (section.hidden) for (const box of section.querySelectorAll(".picture")) box.replaceChildren();
  }
  for (const link of document.querySelectorAll(".pages a")) {
    if (link.hash === "#" + state.page) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  document.querySelector(".pages a[aria-current]").scrollIntoView({ block: "nearest", inline: "center" });
  const section = document.getElementById("page-" + state.page);
  for (const box of section.querySelectorAll(".picture")) {
    await draw(box);
    if (show.token !== token) return;
  }
  for (const details of section.querySelectorAll("details[open]")) fill(details);
  document.body.dataset.ready = state.page;
}
function fill(details) {
  const chart = data.charts[details.dataset.table];
  details.querySelector(".rows").replaceChildren(table(chart, filtered(chart)).firstChild);
}
function read() {
  const [page, query] = location.hash.slice(1).split("?");
  const asked = new URLSearchParams(query || "");
  const pages = [...document.querySelectorAll(".page")].map((s) => s.dataset.page);
  state.page = pages.includes(page) ? page : state.page || pages[0];
  if (["en", "zh"].includes(asked.get("lang"))) state.lang = asked.get("lang");
  if (["light", "dark"].includes(asked.get("theme"))) state.theme = asked.get("theme");
}
function remember() {
  try { localStorage.setItem("mw", JSON.stringify({ lang: state.lang, theme: state.theme })); } catch { /* a file may not remember */ }
}
function begin() {
  state.lang = navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
  state.theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  try { Object.assign(state, JSON.parse(localStorage.getItem("mw") || "{}")); } catch { /* nothing remembered */ }
  read();
  document.getElementById("language").onclick = () => { state.lang = zh() ? "en" : "zh"; remember(); show(); };
  document.getElementById("theme").onclick = () => { state.theme = state.theme === "dark" ? "light" : "dark"; remember(); show(); };
  for (const select of document.querySelectorAll("[data-filter]")) {
    const page = select.closest(".page").dataset.page;
    const set = () => ((state.filters[page] ??= {})[select.dataset.filter] = select.value);
    select.onchange = () => { set(); show(); };
    set();
  }
  for (const details of document.querySelectorAll("details")) details.ontoggle = () => details.open && fill(details);
  addEventListener("hashchange", () => { if (location.hash !== "#content") { read(); show(); scrollTo(0, 0); } });
  let width = innerWidth, wait;
  addEventListener("resize", () => {
    clearTimeout(wait);
    wait = setTimeout(() => { if (innerWidth !== width) { width = innerWidth; show(); } }, 150);
  });
  show();
}
begin();
