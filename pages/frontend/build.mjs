// Builds one script and one style sheet a component: node build.mjs [directory], dist by default.

import { build } from "esbuild";

const COMPONENTS = {
  payload: ["shared/frame"],
  drift: ["shared/frame"],
  facts: ["shared/severity"],
  table: ["shared/severity"],
  timeline: ["shared/frame"],
};
const outdir = process.argv[2] ?? "dist";
const root = import.meta.dirname;

for (const [name, sheets] of Object.entries(COMPONENTS)) {
  await build({
    absWorkingDir: root,
    entryPoints: { [name]: `src/${name}/main.ts` },
    outdir,
    bundle: true,
    format: "esm",
    target: "es2023",
    charset: "utf8",
    legalComments: "none",
    logLevel: "warning",
  });
  const imports = [...sheets, `${name}/${name}`].map((sheet) => `@import "./src/${sheet}.css";`).join("\n");
  await build({
    absWorkingDir: root,
    stdin: { contents: imports, resolveDir: root, loader: "css", sourcefile: `${name}.css` },
    outfile: `${outdir}/${name}.css`,
    bundle: true,
    target: "esnext",
    charset: "utf8",
    legalComments: "none",
    logLevel: "warning",
  });
}
