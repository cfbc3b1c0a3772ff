// What a passkey's failure means, in the page's own words, instead of in the console.
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const said = document.getElementById("khoa-loi");
  if (said) said.hidden = false;
});
