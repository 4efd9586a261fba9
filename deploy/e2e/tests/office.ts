import type { APIRequestContext, Page } from '@playwright/test'
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { nextCode, type Terminal } from './stack'

/** A centre of its own with a clock that can be moved, and its emulated neighbours (办公室): nothing of it is shared with other tests. */
export class Office {
  web = ''
  sms = ''
  province = ''
  exchange = ''
  queue = ''
  post = ''
  terminals: Terminal[] = []
  counter?: { url: string; pad: string; control: string }
  private secrets = ''
  private moved = 0
  private process?: ChildProcess
  private dir = mkdtempSync(join(tmpdir(), 'tongban-office-'))
  private clock = join(this.dir, 'clock')

  /** whole: with its terminals, and with accounts that are ready to use. */
  constructor(private whole = false) {}

  async open() {
    writeFileSync(this.clock, '0s')
    this.process = spawn('bin/tongban-demo', ['--bin', 'bin', '--data', join(this.dir, 'stack'), '--json', this.whole ? '--ready' : '--office', '--clock', this.clock], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [line] = (await once(createInterface(this.process.stdout!), 'line')) as [string]
    const at = JSON.parse(line) as { web: string; sms: string; province: string; exchange: string; queue: string; post: string; secrets: string; terminals: Terminal[] | null; counter?: { url: string; pad: string; control: string } }
    const { web, sms, province, exchange, queue, post, secrets, counter } = at // its own folder is not the stack's
    Object.assign(this, { web, sms, province, exchange, queue, post, secrets, counter, terminals: at.terminals ?? [] })
  }
  async close() {
    if (this.process?.exitCode === null) {
      this.network(true)
      this.process.kill('SIGTERM')
      await once(this.process, 'exit')
    }
    rmSync(this.dir, { recursive: true, force: true })
  }

  /** The network of the hall is gone: what is sent to the centre is not answered, until it is back. */
  network(on: boolean) {
    execFileSync('pkill', [on ? '-CONT' : '-STOP', '-f', `serve --data ${join(this.dir, 'stack', 'central')} `])
  }
  first = (login: string) => new RegExp(`^${login} (\\S+)`, 'm').exec(readFileSync(this.secrets, 'utf8'))![1]!
  now = () => Date.now() + this.moved * 60_000
  /** Moves the centre's clock on. */
  pass(minutes: number) {
    this.moved += minutes
    writeFileSync(this.clock, `${this.moved}m`)
  }
  /** Moves the clock on to ten o'clock of a weekday in Shanghai. */
  morning() {
    const at = new Date(this.now() + 8 * 3_600_000) // its UTC fields are those of Shanghai
    const ten = Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate(), 10)
    let days = at.getTime() > ten ? 1 : 0
    while ([0, 6].includes(new Date(ten + days * 86_400_000).getUTCDay())) days++
    this.pass(Math.ceil((ten + days * 86_400_000 - at.getTime()) / 60_000))
  }
  code = (secret: string) => nextCode(secret, this.now)

  /** The code in the last short message to a number. */
  async sent(phone: string, count: number) {
    for (let i = 0; i < 100; i++) {
      const all = (await (await fetch(`${this.sms}/messages?phone=${phone}`)).json()) as { text: string }[]
      if (all.length >= count) return /\d{6}/.exec(all[count - 1]!.text)![0]
      await new Promise((r) => setTimeout(r, 100))
    }
    throw new Error(`no short message number ${count} to ${phone}`)
  }
  /** Gives the centre a made-up history of so many cases; it must have none yet. */
  seed(cases: number) {
    const data = join(this.dir, 'stack', 'central')
    return JSON.parse(execFileSync('bin/test/tongban-central', ['seed', '--scale', String(cases), '--data', data, '--clock-file', this.clock]).toString()) as { cases: number; ledger: string }
  }
  /** Signs somebody in at the workbench with the first password. */
  /** Signs in and waits for the first page of the person: it comes by itself, and would lead away from a later address. */
  async signIn(page: Page, login: string) {
    await page.goto(this.web + '/console/')
    await page.getByTestId('login').fill(login)
    await page.getByTestId('password').fill(this.first(login))
    await page.getByTestId('sign-in').click()
    await page.locator('#work [data-screen]').waitFor()
  }
  press = (fault: string) => fetch(this.province + '/faults', { method: 'POST', body: JSON.stringify({ fault }) })
}

/** Somebody who works through the API of the management console with the cookies of a page. */
export class Hand {
  private constructor(
    private office: Office,
    private request: APIRequestContext,
    private csrf: string,
  ) {}
  static async of(office: Office, page: Page) {
    const me = (await (await page.request.get(office.web + '/api/admin/v1/auth/me')).json()) as { csrf: string }
    return new Hand(office, page.request, me.csrf)
  }
  async post<T>(path: string, data: object): Promise<T> {
    const res = await this.request.post(`${this.office.web}/api/admin/v1${path}`, {
      data,
      headers: { 'X-CSRF': this.csrf, 'Idempotency-Key': crypto.randomUUID().replaceAll('-', '') },
    })
    if (!res.ok()) throw new Error(`${path}: ${res.status()} ${await res.text()}`)
    return (res.status() === 204 ? undefined : await res.json()) as T
  }
}

/** A system that joins the sign-on: it keeps what people bring back and what it is told when they leave. */
export class OtherSystem {
  base = ''
  told: string[] = []
  private server?: Server

  async open() {
    this.server = createServer((req, res) => {
      let body = ''
      req.on('data', (b: Buffer) => (body += b.toString()))
      req.on('end', () => {
        if (req.url === '/out') this.told.push(new URLSearchParams(body).get('logout_token') ?? '')
        res.setHeader('Content-Type', 'text/html; charset=utf-8').end('<!doctype html><title>档案系统</title><h1>档案系统</h1>')
      })
    })
    this.server.listen(0, '127.0.0.1')
    await once(this.server, 'listening')
    this.base = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`
  }
  close = () => this.server?.close()
}
