// Runs the browser's check (central/kit/formcheck) and, as a third judge, ajv over documents that the Go test made.
// node runner.mjs <repository> <documents.json>: one JSON line for each document.
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const [root, file] = process.argv.slice(2)
const require = createRequire(join(root, 'package.json'))
const ts = require('typescript')

const from = join(root, 'central/kit/formcheck')
const to = mkdtempSync(join(tmpdir(), 'formcheck-'))
for (const name of readdirSync(from).filter((n) => n.endsWith('.ts') && !n.endsWith('.spec.ts'))) {
  const source = readFileSync(join(from, name), 'utf8')
  const { outputText } = ts.transpileModule(source, { compilerOptions: { module: 'ESNext', target: 'ES2022' } })
  writeFileSync(join(to, name.replace(/\.ts$/, '.mjs')), outputText.replace(/from '(\.\/[a-z]+)'/g, "from '$1.mjs'"))
}
const { check, shown } = await import(pathToFileURL(join(to, 'index.mjs')).href)
const { formats } = await import(pathToFileURL(join(to, 'formats.mjs')).href)
rmSync(to, { recursive: true })

const { forms, docs } = JSON.parse(readFileSync(file, 'utf8'))

const Ajv = require('ajv/dist/2020').default
const ajv = new Ajv({ allErrors: true, strict: false })
for (const [name, fault] of Object.entries(formats)) ajv.addFormat(name, { type: 'string', validate: (s) => fault(s) === '' })
const compiled = forms.map((f) => ajv.compile(f.schema))

/** The fields that plain JSON Schema finds wrong. */
function bad(validate, values) {
  if (validate(values)) return []
  const fields = new Set()
  for (const e of validate.errors) {
    if (e.keyword === 'if') continue // its branch says what is wrong
    const path = e.instancePath.split('/').slice(1)
    if (e.keyword === 'required') path.push(e.params.missingProperty)
    if (e.keyword === 'additionalProperties') path.push(e.params.additionalProperty)
    fields.add(path[0] ?? '')
  }
  return [...fields].sort()
}

const out = []
for (const d of docs) {
  const form = forms[d.form]
  out.push(JSON.stringify({ errors: check(form, d.values, d.only ?? null), shown: shown(form, d.values).map((g) => g.id), plain: bad(compiled[d.form], d.values) }))
}
process.stdout.write(out.join('\n') + '\n')
