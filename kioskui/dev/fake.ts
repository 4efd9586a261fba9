import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Plugin } from 'vite'
import type { State } from '../src/gen/screen'
import { frame, pagePicture, qr, signature } from './pictures.ts'
import { categories, detail, elsewhere, found, frequent, many, offices, suspended } from './scenes/catalogue.ts'
import { act } from './scenes/engine.ts'
import { cases, stateOf } from './scenes/scenes.ts'

/**
 * A stand-in for the agent in `npx vite` (假代理): the same contract with scripted states, for looking at screens without a
 * terminal. It is a dev-server plugin and never part of the build. POST /fake/scene {name, prefs} sets a state.
 */
export function fake(): Plugin {
  let state: State = stateOf('attract', 1)
  let bad = false
  const streams = new Set<ServerResponse>()
  const show = (next: State): State => {
    state = { ...next, rev: state.rev + 1 }
    for (const s of streams) s.write(`event: state\ndata: ${JSON.stringify(state)}\n\n`)
    return state
  }
  return {
    name: 'tongban:fake-agent',
    configureServer(server) {
      server.middlewares.use((req, res, next) => {
        void route(req, res).then((taken) => taken || next())
      })
    },
  }

  async function route(req: IncomingMessage, res: ServerResponse): Promise<boolean> {
    const url = new URL(req.url ?? '/', 'http://fake')
    const path = url.pathname
    if (path === '/fake/scene') {
      bad = false
      const { name, prefs, patch } = (await body(req)) as { name: string; prefs?: object; patch?: Partial<State> }
      return json(res, show({ ...stateOf(name, state.rev, prefs), ...patch }))
    }
    if (!path.startsWith('/api/')) return false
    const call = path.slice('/api/'.length)
    if (call === 'events') return stream(res)
    if (req.method === 'GET') return answer(call, url, res)
    const b = (await body(req)) as Record<string, never>
    const out = act(call, b, state, (later, ms) => setTimeout(() => show(later(state)), ms))
    if ('problem' in out) return json(res, out.problem, out.status)
    if ('answer' in out) {
      if (call === 'matter/capture') bad = !(out.answer as { ok: boolean }).ok
      return json(res, out.answer)
    }
    return json(res, show(out.state))
  }

  function stream(res: ServerResponse): boolean {
    res.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' })
    res.write(`event: state\ndata: ${JSON.stringify(state)}\n\n`)
    streams.add(res)
    res.on('close', () => streams.delete(res))
    return true
  }

  function answer(call: string, url: URL, res: ServerResponse): boolean {
    if (call === 'state') return json(res, state)
    if (call === 'items') return json(res, listOf(url.searchParams, !state.link.online))
    if (call === 'items/tkgy' || call === 'items/cjr') return json(res, call === 'items/cjr' ? suspended : elsewhere)
    if (call.startsWith('items/')) return json(res, { ...detail, bring: detail.bring!.map((b, i) => ({ ...b, have: i === 0 && !!state.visit?.person })) })
    if (call === 'progress') return json(res, { cases, stale: false })
    if (call === 'camera/preview') return json(res, previewOf(bad))
    if (call === 'camera/frame') return picture(res, frame(bad))
    if (call.startsWith('pages/')) return picture(res, pagePicture())
    if (call.startsWith('signatures/')) return picture(res, signature())
    if (call === 'qr') return picture(res, qr())
    return json(res, { code: 'screen.unknown', message: '没有这个地址' }, 404)
  }
}

function listOf(p: URLSearchParams, offline: boolean) {
  const q = p.get('q') ?? ''
  const rows = (p.get('frequent') ? frequent : q ? found : [...frequent, ...found]).map((r) =>
    offline && (r.icon === 'printer' || r.code === 'wfzm') ? { ...r, here: 'no', here_text: '要等网络恢复' } : r,
  )
  const spelling = q === '低宝'
  if (!q && !p.get('frequent')) {
    const office = p.get('office')
    return { query: q, searched: '', hint: '', rows: office ? many.slice(0, 23) : many, found: office ? 23 : 825, offices, nearest: false, categories, total: 825 }
  }
  return { found: rows.length, offices: offices.slice(0, 1), query: q, searched: spelling ? '低保' : '', hint: spelling ? '低保也叫“最低生活保障”。' : '', rows, nearest: false, categories, total: 220 }
}

function previewOf(isBad: boolean) {
  return {
    rev: isBad ? 2 : 1, verdict: isBad ? 'cutOff' : 'good', message: isBad ? '右边出了画面' : '找到页面了，很清楚', width: 1600, height: 1130,
    corners: isBad ? [[560, 260], [1433, 478], [1600, 1079], [410, 861]] : [[330, 260], [1227, 182], [1281, 799], [384, 878]],
    checks: [{ label: '四个角都在', ok: !isBad }, { label: '字看得清', ok: !isBad }, { label: '光线够亮', ok: true }],
  }
}

function json(res: ServerResponse, value: unknown, status = 200): boolean {
  res.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' })
  res.end(JSON.stringify(value))
  return true
}

function picture(res: ServerResponse, text: string): boolean {
  res.writeHead(200, { 'Content-Type': 'image/svg+xml', 'Cache-Control': 'no-store' })
  res.end(text)
  return true
}

async function body(req: IncomingMessage): Promise<unknown> {
  let text = ''
  for await (const chunk of req) text += chunk
  return text ? JSON.parse(text) : {}
}
