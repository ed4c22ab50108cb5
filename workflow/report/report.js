// The page works without this: it lets the reader overrule the system's choice of light or dark, and filter the claims.
(() => {
  const root = document.documentElement, button = document.getElementById("theme"), key = "landcover-theme";
  const remembered = () => { try { return localStorage.getItem(key); } catch { return null; } };
  const remember = (theme) => { try { localStorage.setItem(key, theme); } catch { /* a file may have no storage */ } };
  const isDark = () => root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  const asked = new URLSearchParams(location.search).get("theme") || remembered();
  if (asked === "dark" || asked === "light") root.dataset.theme = asked;
  button.hidden = false;
  button.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    remember(root.dataset.theme);
  });
})();
(() => {
  const form = document.querySelector(".filter"), rows = [...document.querySelectorAll("#ledger tbody tr")];
  const boxes = [...form.querySelectorAll("[type=checkbox]")], words = form.querySelector("[type=search]"), told = form.querySelector("output");
  const filter = () => {
    const hidden = boxes.filter((box) => !box.checked).map((box) => [box.name, box.value]);
    const parts = words.value.toLowerCase().split(/\s+/);
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = hidden.some(([name, value]) => row.dataset[name] === value) || !parts.every((part) => text.includes(part));
    }
    const shown = rows.filter((row) => !row.hidden).length;
    told.value = shown === rows.length ? `${shown} claims` : `${shown} of ${rows.length} claims`;
  };
  form.hidden = false;
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  for (const name of ["paper", "ours"]) for (const link of document.querySelectorAll(`a[data-${name}]`)) link.addEventListener("click", () => {
    for (const box of boxes) box.checked = box.name !== name || box.value === link.dataset[name];
    filter();
  });
  filter();
})();
