// The page works without this: it only lets the reader overrule the system's choice of light or dark.
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
  addEventListener("beforeprint", () => document.querySelectorAll(".gap details").forEach((d) => { d.open = true; }));
})();
