// Charts by ECharts from the JSON beside them; colours from the tokens, patterns on top so that a grey print still tells them apart.
const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const size = () => parseFloat(getComputedStyle(document.documentElement).fontSize);
const STATES = ["--data-own", "--data-joint", "--data-none"];

function years(data) {
  const font = size() * 0.875;
  const text = { color: css("--ink-2"), fontSize: font, fontFamily: getComputedStyle(document.body).fontFamily };
  const number = new Intl.NumberFormat(document.documentElement.lang);
  return {
    animation: false,
    aria: { enabled: true, label: { enabled: false }, decal: { show: true, decals: [{ symbol: "none" }, { symbol: "rect", symbolSize: 1, dashArrayX: [1, 0], dashArrayY: [1, 5], rotation: -Math.PI / 4, color: "rgba(255,255,255,.55)" }, { symbol: "circle", symbolSize: 0.5, dashArrayX: [[8, 8], [0, 8, 8, 0]], dashArrayY: [5, 0], color: "rgba(90,61,0,.35)" }] } },
    textStyle: text,
    grid: { left: 8, right: 8, top: font * 3.4, bottom: 4, containLabel: true },
    legend: { top: 0, left: 0, itemGap: font * 1.6, itemWidth: font, itemHeight: font, textStyle: text },
    tooltip: { trigger: "axis", axisPointer: { type: "shadow" }, valueFormatter: (value) => number.format(value) },
    xAxis: { type: "category", data: data.days, axisLine: { lineStyle: { color: css("--line-strong") } }, axisTick: { show: false }, axisLabel: { ...text, formatter: (value, index) => `${value}\n${data.rate_label} ${data.rates[index]}` , lineHeight: font * 1.5 } },
    yAxis: { type: "value", axisLabel: { ...text, formatter: (value) => number.format(value) }, splitLine: { lineStyle: { color: css("--line") } } },
    series: data.series.map((one, index) => ({
      name: one.name, type: "bar", stack: "all", barMaxWidth: font * 5, data: one.values, itemStyle: { color: css(STATES[index]) },
      label: { show: true, formatter: (point) => (point.value / Math.max(...data.totals) > 0.08 ? number.format(point.value) : ""), color: index === 0 ? "#fff" : css("--ink"), fontSize: font, textBorderWidth: 0, ...(index === 0 ? {} : { backgroundColor: "rgba(255,255,255,.82)", padding: [1, 4], borderRadius: 2 }) },
    })),
  };
}

const kinds = { years };

for (const box of document.querySelectorAll("[data-chart]")) {
  const name = box.dataset.chart;
  const data = JSON.parse(document.getElementById(`data-${name}`).textContent);
  const chart = window.echarts.init(box, null, { renderer: "svg" });
  const draw = () => { chart.resize(); chart.setOption(kinds[name](data), true); box.querySelector("svg").setAttribute("viewBox", `0 0 ${chart.getWidth()} ${chart.getHeight()}`); };
  // ECharts keeps the widths of texts it has measured once: it measures when the fonts of these words are there.
  const fonts = document.fonts.load(getComputedStyle(box).font, JSON.stringify(data)).catch(() => {});
  fonts.then(() => document.fonts.ready).then(() => {
    draw();
    window.addEventListener("resize", draw);
  });
}
