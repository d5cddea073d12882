// Builds ../static from these sources and the packages of the lock, and records both digests in built.json.
import { createHash } from "node:crypto"
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { compile } from "sass"

const here = dirname(fileURLToPath(import.meta.url))
const packages = join(here, "node_modules")
const shipped = join(here, "..", "static")
const VENDORED = {
  "htmx.min.js": "htmx.org/dist/htmx.min.js",
  "echarts.min.js": "echarts/dist/echarts.simple.min.js",
}

const digest = (...parts) => parts.reduce((sum, part) => sum.update(part), createHash("sha256")).digest("hex")

function stylesheet() {
  const { css } = compile(join(here, "jifen.scss"), { loadPaths: [packages], style: "compressed", quietDeps: true })
  const { version } = JSON.parse(readFileSync(join(packages, "govuk-frontend/package.json"), "utf8"))
  return (
    `/*! Built from services/api/look. Contains govuk-frontend ${version}, MIT: see THIRD-PARTY.txt */\n` +
    // Its colours are all tokens here, so the colours it falls back to would only be dead weight.
    css.replace(/^\uFEFF/, "").replace(/var\((--govuk-[a-z-]+), ?#[0-9a-f]{3,6}\)/g, "var($1)").replaceAll("govuk-", "jf-") +
    "\n"
  )
}

function sources() {
  const names = readdirSync(here).filter((name) => /\.(scss|mjs)$|^package(-lock)?\.json$/.test(name))
  return digest(...names.sort().flatMap((name) => [name, "\0", readFileSync(join(here, name)), "\0"]))
}

writeFileSync(join(shipped, "jifen.css"), stylesheet())
for (const [name, from] of Object.entries(VENDORED)) copyFileSync(join(packages, from), join(shipped, name))
const built = ["jifen.css", ...Object.keys(VENDORED)].map((name) => [name, digest(readFileSync(join(shipped, name)))])
writeFileSync(join(here, "built.json"), JSON.stringify({ sources: sources(), ...Object.fromEntries(built) }, null, 2) + "\n")
