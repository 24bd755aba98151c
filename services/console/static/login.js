const form = document.getElementById("login");
const wrong = document.getElementById("wrong");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  wrong.textContent = "";
  const answer = await fetch("/login", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ token: form.elements.token.value }),
  });
  if (answer.ok) location.replace("/" + location.hash);
  else wrong.textContent = (await answer.json()).error;
});
