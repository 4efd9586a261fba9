package diagnostics

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tongban/agent/clock"
	"tongban/drivers"
	"tongban/fleet/wire"
)

const documentLook = 200 * time.Millisecond

// testPassport takes a travel document: its zone where the reader reads zones, else that its chip answers. What is in the chip stays
// there, since only the zone opens it.
func testPassport(ctx context.Context, b bench) (out finding, err error) {
	err = lent(ctx, b.rack, drivers.KindPassport, func(dev drivers.Device) error {
		switch r := dev.(type) {
		case drivers.ZoneReader:
			z, err := r.Read(ctx)
			if err != nil {
				return err
			}
			out.said = fmt.Sprintf("读到一份机读区（%s），内容没有留下", z.Format)
			out.timings = []wire.Timing{b.want.judge("read_time", float64(z.ElapsedMS), "ms")}
			return nil
		case drivers.PassportReader:
			out.said = "感应到一本证件，芯片有应答；里面的内容没有打开"
			return b.untilFound(ctx, r)
		}
		return &drivers.Error{Code: drivers.CodeUnsupported, Detail: "no reader of zones or chips"}
	})
	return out, err
}

// untilFound waits for a document with a chip that answers.
func (b bench) untilFound(ctx context.Context, r drivers.PassportReader) error {
	for {
		there, err := r.Find(ctx)
		if there || err != nil && ctx.Err() == nil {
			return err
		}
		switch err := clock.Sleep(ctx, b.clock, documentLook); {
		case errors.Is(err, context.Canceled):
			return &drivers.Error{Code: drivers.CodeCanceled, Detail: "the test was stopped"}
		case err != nil:
			return &drivers.Error{Code: drivers.CodeTimeOut, Reason: drivers.ReasonNoCard, Detail: "no document was laid down"}
		}
	}
}
