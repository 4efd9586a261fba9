const clock = new Intl.DateTimeFormat('zh-CN', { timeZone: 'Asia/Shanghai', hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' })

/** 09:31:05 in Shanghai (时分秒). */
export const timeOf = (iso: string) => clock.format(new Date(iso))
