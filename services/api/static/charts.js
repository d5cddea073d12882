// Draws the table of a figure: rows are categories, columns of figures are series. Every bar carries its name and
// number, so that no colour has to be told apart; the table stays beside it for whoever cannot see the picture.
(function () {
  "use strict"
  const all = (what, where) => Array.from((where || document).querySelectorAll(what))
  const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim()
  const number = (cell) => parseFloat(cell.textContent.replace("−", "-").replace(/[^\d.-].*$/, "")) || 0

  function read(table) {
    const heads = all("thead th", table)
    const rows = all("tbody tr", table)
    const columns = heads.map((head, at) => ({ head, at })).filter((one) => one.head.classList.contains("figure"))
    return {
      categories: rows.map((row) => row.querySelector("th").textContent.trim()),
      series: columns.map(({ head, at }) => ({
        name: head.textContent.trim(),
        data: rows.map((row) => number(row.children[at])),
      })),
    }
  }

  function axes(categories, lying, text) {
    const axisLabel = { color: text.color, fontSize: text.fontSize }
    const named = { type: "category", data: categories, axisLabel, inverse: lying, axisTick: { show: false } }
    const line = { lineStyle: { color: token("--line") } }
    const counted = { type: "value", axisLabel: { ...axisLabel, show: !lying }, minInterval: 1, splitLine: { show: !lying, ...line } }
    return lying ? { xAxis: counted, yAxis: named } : { xAxis: named, yAxis: counted }
  }

  function options(kind, { categories, series }, title, size) {
    const text = { color: token("--ink"), fontSize: size, fontFamily: getComputedStyle(document.body).fontFamily }
    const lying = kind === "bar"
    const label = { show: true, position: lying ? "right" : "top", formatter: lying ? "{a} {c}" : "{c}", ...text }
    return {
      animation: false,
      aria: { enabled: true, label: { description: title + "。数字见下面的表。" }, decal: { show: series.length > 1 } },
      color: ["--red", "--link", "--good", "--soft", "--edge"].map(token),
      textStyle: text,
      grid: { left: 8, right: size * (2 + Math.max(...series.map((one) => one.name.length + 2))), top: size, bottom: 8, containLabel: true },
      ...axes(categories, lying, text),
      series: series.map((one) => ({ ...one, type: kind, label, endLabel: { show: !lying, formatter: "{a}", ...text } })),
    }
  }

  function draw(figure) {
    const place = figure.querySelector(".drawn")
    const table = read(figure.querySelector("table"))
    const size = Math.min(parseFloat(getComputedStyle(document.documentElement).fontSize) * 0.85, place.clientWidth / 20)
    const bars = figure.dataset.chart === "bar" ? table.categories.length * (table.series.length + 0.7) : 12
    place.style.height = Math.round(bars * size * 1.7 + size * 4) + "px"
    const chart = window.echarts.init(place)
    chart.setOption(options(figure.dataset.chart, table, figure.querySelector("figcaption").textContent, size))
    // Not the window alone: the place also changes with the size of the text.
    new ResizeObserver(() => chart.resize()).observe(place)
  }

  all("[data-chart]").forEach(draw)
})()
