package slip_test

import (
	"fmt"
	"testing"
	"time"

	"tongban/agent/slip"
	"tongban/deploy/sim/simtest"
	"tongban/drivers"
	"tongban/drivers/hal"
	"tongban/drivers/receipt/escpos"
)

// The usual slips are fewer bytes than a line of 115200 baud carries while the paper of 58 mm runs at 100 mm/s. One with a
// list of ten papers is more text than such a line can carry in time, however it is packed: it must not be more than the line
// carries in four thirds of it. By USB or the network no slip waits.
func TestSlipsOutrunTheirPaper(t *testing.T) {
	const bytesPerSecond, rowsPerSecond = 11520, 800
	fonts, err := slip.New()
	if err != nil {
		t.Fatal(err)
	}
	b := simtest.Start(t, simtest.Receipt)
	port, err := hal.Open(t.Context(), "serial:"+b.Receipt)
	if err != nil {
		t.Fatal(err)
	}
	p, err := escpos.Open(t.Context(), port, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = p.Close() }()
	short := slip.Slip{
		Kind: slip.Received, Service: "绵阳政务服务", CaseNo: "MY261126-001-0017-5", Item: "80周岁以上老年人高龄津贴发放", Applicant: "周*明",
		Got: []string{"申请表 1 份", "户口簿 1 页"}, Answer: "最晚12月3日 周四", At: time.Date(2026, 11, 26, 10, 0, 0, 0, time.UTC), CheckCode: "7K4MQX", Phone: "2150", AskBy: "11月27日18:00",
		Fee: "不收费", QR: "https://zwfw.example.cn/p/ABCDEFGHIJKLMNOPQRSTUVWXYZ", Place: "涪城区政务服务中心", Label: "3号机", Helpline: "12345",
	}
	long := short
	long.Kind, long.Applicant, long.Item = slip.Stored, "迪*买提", "城乡居民基本养老保险参保登记及待遇领取资格认证（异地居住人员）"
	long.Got = append(long.Got, "居民身份证复印件（正反面） 2 页", "近期免冠照片 1 张", "村（社区）居住情况证明 1 份", "银行账户信息页 1 页")
	long.Later = []string{"异地居住证明，12月10日前补交"}
	pickup := short
	pickup.Kind, pickup.Collect = slip.Pickup, &slip.Collect{Code: "A 4072", What: "食品经营许可证（正本、副本）", Where: "一楼出证窗口", Or: "或自助取证柜", Hours: "周一至周五 9:00–17:00", Until: "12月26日"}
	for name, s := range map[string]slip.Slip{"short": short, "long": long, "pickup": pickup} {
		img, err := fonts.Render(s, 384)
		if err != nil {
			t.Fatal(err)
		}
		res, err := p.Print(t.Context(), drivers.Slip{Key: fmt.Sprint("line-", name), Image: img})
		if err != nil {
			t.Fatal(err)
		}
		line := time.Duration(res.Bytes) * time.Second / bytesPerSecond
		paper := time.Duration(img.Rect.Dy()) * time.Second / rowsPerSecond
		t.Logf("%s: %d bytes in %v, paper %v, ratio %.2f", name, res.Bytes, line, paper, float64(line)/float64(paper))
		bound := paper
		if name == "long" {
			bound = paper * 4 / 3
		}
		if line > bound {
			t.Errorf("%s: %d bytes take %v on the line, the paper takes %v", name, res.Bytes, line, paper)
		}
	}
}
