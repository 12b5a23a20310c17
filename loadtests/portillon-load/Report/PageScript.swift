/// The page's one script: the values under the pointer, in the keys of all plots at once. A page
/// without it lacks nothing else. It has no `<` and no `&`, so that the page stays XML.
enum PageScript {
    static let readOut = HTML(
        literal: """

            (() => {
              const main = document.querySelector("main");
              const from = Number(main.dataset.from), to = Number(main.dataset.to);
              const cursors = [...document.querySelectorAll(".cursor")];
              const plots = [...document.querySelectorAll("figure[data-times]")].map(figure => ({
                times: figure.dataset.times.split(" ").map(Number),
                moment: figure.querySelector(".moment"),
                entries: [...figure.querySelectorAll("li[data-values]")].map(entry => ({
                  values: entry.dataset.values.split(";"), place: entry.querySelector("b") }))
              }));
              const nearest = (times, at) => times.reduce(
                (best, time, index) =>
                  Math.abs(times[best] - at) > Math.abs(time - at) ? index : best, 0);
              const clear = () => {
                document.body.classList.remove("reading");
                plots.forEach(plot => {
                  plot.moment.textContent = "";
                  plot.entries.forEach(entry => { entry.place.textContent = ""; });
                });
              };
              const read = event => {
                const drawing = event.target.closest(".drawing");
                if (!drawing) { clear(); return; }
                const box = drawing.querySelector(".frame").getBoundingClientRect();
                const part = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
                const at = from + part * (to - from);
                document.body.classList.add("reading");
                cursors.forEach(cursor => {
                  cursor.setAttribute("x1", 100 * part + "%");
                  cursor.setAttribute("x2", 100 * part + "%");
                });
                plots.forEach(plot => {
                  const index = nearest(plot.times, at);
                  plot.moment.textContent = "at " + plot.times[index] + " s";
                  plot.entries.forEach(entry => {
                    entry.place.textContent = entry.values[index] || "–";
                  });
                });
              };
              // Room for the values is kept from now on, so that nothing moves under the pointer.
              document.body.classList.add("live");
              main.addEventListener("pointermove", read);
              main.addEventListener("pointerdown", read);
              main.addEventListener("pointerleave", clear);
            })();

            """)
}
