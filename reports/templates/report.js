"use strict";
(() => {
  const form = document.getElementById("filter");
  if (!form) return;
  const rows = [...document.querySelectorAll("#list > details")].map((element) => ({
    element,
    family: element.dataset.family,
    tags: element.dataset.tags.split(" "),
    text: element.textContent.toLowerCase(),
  }));
  const chips = [...form.querySelectorAll("[data-tag]")];
  const family = document.getElementById("family");
  const text = document.getElementById("text");
  const expand = document.getElementById("expand");

  const apply = () => {
    const tags = chips.filter((chip) => chip.getAttribute("aria-pressed") === "true").map((chip) => chip.dataset.tag);
    const words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const matches = (tags.length === 0 || tags.some((tag) => row.tags.includes(tag)))
        && (family.value === "" || row.family === family.value)
        && words.every((word) => row.text.includes(word));
      row.element.hidden = !matches;
      shown += matches;
    }
    document.getElementById("shown").textContent = `${shown} of ${rows.length} shown`;
    document.getElementById("none").hidden = shown > 0;
  };

  const label = () => {
    const open = rows.some((row) => !row.element.hidden && row.element.open);
    expand.textContent = open ? "Close all" : "Open all";
    return open;
  };

  // A link to a scenario shows it, whatever the filter hides.
  const follow = () => {
    let slug = location.hash.slice(1);
    try { slug = decodeURIComponent(slug); } catch { /* not encoded: as it stands */ }
    const row = rows.find((candidate) => candidate.element.id === slug);
    if (!row) return;
    row.element.hidden = false;
    row.element.open = true;
    row.element.scrollIntoView();
    row.element.querySelector("summary").focus({ preventScroll: true });
  };

  for (const chip of chips) {
    chip.addEventListener("click", () => {
      chip.setAttribute("aria-pressed", String(chip.getAttribute("aria-pressed") !== "true"));
      apply();
    });
  }
  family.addEventListener("change", apply);
  text.addEventListener("input", apply);
  expand.addEventListener("click", () => {
    const open = !label();
    for (const row of rows) if (!row.element.hidden) row.element.open = open;
    label();
  });
  for (const row of rows) row.element.addEventListener("toggle", label);
  form.addEventListener("submit", (event) => event.preventDefault());
  window.addEventListener("hashchange", follow);
  form.hidden = false;
  apply();
  label();
  follow();
})();
