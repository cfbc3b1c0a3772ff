// Pages are whole without this file. With it, choosing a period or boundaries shows at once.
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-live]");
  if (form) form.requestSubmit();
});
document.addEventListener("htmx:afterSwap", () => {
  const heading = document.querySelector("#noi-dung h1");
  if (heading) document.title = heading.textContent.trim() + " · Tỉnh Số";
});
