// What a page does better with script, and does without it all the same: reading aloud, keeping what is typed,
// one click counting once, counting characters. Plain ES2015, for old phones.
(function () {
  "use strict"
  const all = (what, where) => Array.from((where || document).querySelectorAll(what))

  // Reading aloud: the page's own text, in pieces that every engine finishes.
  const voice = window.speechSynthesis
  const read = document.querySelector("[data-read]")
  const stop = document.querySelector("[data-read-stop]")
  const LONGEST = 160

  function spoken() {
    const main = document.getElementById("content").cloneNode(true)
    all("nav, form, script, code, [aria-hidden], .madeup, .drawn", main).forEach((part) => part.remove())
    all("td[data-label]", main).forEach((cell) => cell.textContent.trim() && cell.prepend(cell.dataset.label + "，"))
    all("h1, h2, h3, h4, h5, p, li, dt, dd, td, th, caption, summary, div", main).forEach((part) => part.append("\n"))
    return main.textContent.replace(/[ \t\u3000]+/g, " ").replace(/\s*\n\s*/g, "\n").trim()
  }

  function pieces(text) {
    return (text.match(/[^。！？；\n]+[。！？；\n]*/g) || []).reduce((said, part) => {
      const last = said[said.length - 1]
      if (last !== undefined && last.length + part.length <= LONGEST) said[said.length - 1] = last + part
      else said.push(part)
      return said
    }, [])
  }

  function show(state) {
    read.textContent = { "": "朗读", speaking: "暂停朗读", paused: "接着读" }[state]
    read.dataset.read = state
    stop.hidden = !state
  }

  function begin() {
    const said = pieces(spoken()).map((text) => {
      const one = new SpeechSynthesisUtterance(text)
      one.lang = "zh-CN"
      one.rate = 0.9
      return one
    })
    if (!said.length) return
    said[said.length - 1].onend = () => show("")
    voice.cancel()
    said.forEach((one) => voice.speak(one))
    show("speaking")
  }

  function turn() {
    const state = read.dataset.read
    if (state === "speaking") { voice.pause(); show("paused") }
    else if (state === "paused") { voice.resume(); show("speaking") }
    else begin()
  }

  if (voice && read) {
    read.hidden = false
    read.addEventListener("click", turn)
    stop.addEventListener("click", () => { voice.cancel(); show("") })
    window.addEventListener("pagehide", () => voice.cancel())
  }

  // Drafts: what was typed is sent whenever a field is left; files and passwords stay where they are.
  function typed(form) {
    const secret = all("[type=password], [type=file]", form).map((field) => field.name)
    return new URLSearchParams(Array.from(new FormData(form)).filter((pair) => !secret.includes(pair[0]))).toString()
  }

  function keep(form) {
    const now = typed(form)
    if (form.dataset.sent || form.kept === now) return
    form.kept = now
    const headers = { "Content-Type": "application/x-www-form-urlencoded" }
    fetch("/drafts", { method: "POST", body: now, headers, credentials: "same-origin", keepalive: now.length < 60000 })
      .then((answer) => { if (!answer.ok || answer.redirected) form.kept = "" })
      .catch(() => { form.kept = "" })
  }

  all("form[data-draft]").forEach((form) => {
    form.kept = typed(form)
    form.addEventListener("change", () => keep(form))
    form.addEventListener("focusout", () => keep(form))
    document.addEventListener("visibilitychange", () => document.hidden && keep(form))
  })

  // One click counts once; going back makes the button live again.
  function locked(form, sent) {
    if (sent) form.dataset.sent = "1"
    else delete form.dataset.sent
    all("button", form).forEach((button) => { button.disabled = sent })
  }

  all("form[data-once]").forEach((form) => form.addEventListener("submit", (event) => {
    if (form.dataset.sent) { event.preventDefault(); return }
    form.dataset.sent = "1"
    // The pressed button must still be live while the browser reads the form.
    setTimeout(() => locked(form, true))
  }))
  window.addEventListener("pageshow", () => all("form[data-sent]").forEach((form) => locked(form, false)))

  // How much may still be written.
  all("[data-count]").forEach((note) => {
    const box = document.getElementById(note.id.replace(/-count$/, ""))
    const most = Number(note.dataset.count)
    const tell = () => {
      const left = most - Array.from(box.value).length
      note.textContent = left < 0 ? "多写了 " + -left + " 字。" : "最多 " + most + " 字，还可以写 " + left + " 字。"
    }
    box.addEventListener("input", tell)
    tell()
  })

  const errors = document.querySelector("[data-errors]")
  if (errors && document.activeElement !== errors) errors.focus()
})()
