package main

import (
	"context"
	"fmt"

	"tongban/drivers"
)

// readPassport waits for a passport or a permit and opens its chip with the zone or the number given. A zone stands in a file, because
// what is on a command line everybody on the machine can read.
func (t *tool) readPassport(ctx context.Context, r drivers.PassportReader, zone, can string) error {
	access := drivers.PassportAccess{CAN: can}
	if (zone == "") == (can == "") {
		return usagef("a passport opens with --zone FILE or with --can NUMBER")
	}
	if zone != "" {
		raw, err := readFile(zone)
		if err != nil {
			return err
		}
		access.MRZ = string(raw)
	}
	if !t.json {
		_, _ = fmt.Fprintln(t.note, "请把证件放到阅读器上")
	}
	p, err := r.Read(ctx, access, func(e drivers.PassportEvent) {
		if e.Step == drivers.PassportFound && !t.json {
			_, _ = fmt.Fprintln(t.note, "正在读，先别拿开")
		}
	})
	if err != nil {
		return err
	}
	if t.json {
		return t.print1(p)
	}
	_, err = fmt.Fprintf(t.out, "%s %s，%s 打开，被动认证 %s，芯片认证 %s，用时 %d 毫秒，照片 %d 字节\n", p, tail(p.Number), p.Access, p.PA, p.CA, p.ElapsedMS, len(p.Photo))
	return err
}

// readZone waits for a machine readable zone.
func (t *tool) readZone(ctx context.Context, r drivers.ZoneReader) error {
	if !t.json {
		_, _ = fmt.Fprintln(t.note, "请把证件的机读区从阅读器上刷过")
	}
	z, err := r.Read(ctx)
	if err != nil {
		return err
	}
	if t.json {
		return t.print1(z)
	}
	_, err = fmt.Fprintf(t.out, "%s %s，用时 %d 毫秒\n", z, tail(z.Number), z.ElapsedMS)
	return err
}
