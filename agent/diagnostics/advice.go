package diagnostics

import (
	"cmp"

	"tongban/agent/devices"
	"tongban/drivers"
	"tongban/fleet/wire"
)

// grade says how much a trouble matters.
type grade int

const (
	fine  grade = iota // nothing to do
	note               // to be known: a part that the tender asks for is not built in, or a supply runs low
	fault              // to be mended now, or short of the tender
)

func gradeOf(t wire.Trouble) grade {
	switch t {
	case wire.TroubleNone:
		return fine
	case wire.TroubleUnserved, wire.TroublePaperLow, wire.TroubleTonerLow:
		return note
	default:
		return fault
	}
}

// telling are reasons that say more than the code beside them, in a test as in the state that the supervision keeps.
var telling = map[drivers.Reason]wire.Trouble{
	drivers.ReasonStreamLost: wire.TroubleStream, drivers.ReasonPictureBlack: wire.TroublePicture, drivers.ReasonPictureFrozen: wire.TroublePicture,
	drivers.ReasonNoImage: wire.TroublePicture, drivers.ReasonDenied: wire.TroubleDenied,
}

// troubleOf reads the state that the supervision keeps.
func troubleOf(s devices.Status) wire.Trouble {
	switch {
	case s.Port == "" && s.State == drivers.StateNoDevice:
		return wire.TroubleNoPort
	case telling[s.Reason] != "":
		return telling[s.Reason]
	case s.State == drivers.StateHardwareError || s.Code == drivers.CodeHardwareError:
		return wire.TroubleBroken
	case s.State == drivers.StateNoDevice && s.Code == drivers.CodeTimeOut:
		return wire.TroubleSilent
	case s.State == drivers.StateNoDevice && s.Code == drivers.CodeLineError:
		return wire.TroubleNoise
	case s.State == drivers.StateNoDevice:
		return wire.TroubleAbsent
	case s.Cover == "open":
		return wire.TroubleCover
	case s.Paper == drivers.SupplyOut:
		return wire.TroublePaperOut
	case s.Paper == drivers.SupplyJammed:
		return wire.TroubleJam
	case s.Toner == drivers.SupplyOut:
		return wire.TroubleTonerOut
	case s.Paper == drivers.SupplyLow:
		return wire.TroublePaperLow
	case s.Toner == drivers.SupplyLow:
		return wire.TroubleTonerLow
	case s.State == drivers.StateOffline:
		return wire.TroubleFailed
	}
	return wire.TroubleNone
}

// troubleFrom reads the error that ended a test.
func troubleFrom(f *drivers.Error) wire.Trouble {
	if t := telling[f.Reason]; t != "" {
		return t
	}
	switch f.Reason {
	case drivers.ReasonPaperOut:
		return wire.TroublePaperOut
	case drivers.ReasonPaperJam, drivers.ReasonCutter:
		return wire.TroubleJam
	case drivers.ReasonCoverOpen:
		return wire.TroubleCover
	case drivers.ReasonTonerOut:
		return wire.TroubleTonerOut
	case drivers.ReasonSAMFault:
		return wire.TroubleSAM
	case drivers.ReasonLineNoise, drivers.ReasonProtocol:
		return wire.TroubleNoise
	case drivers.ReasonSilent:
		return wire.TroubleSilent
	case drivers.ReasonUnplugged:
		return wire.TroubleAbsent
	case drivers.ReasonStuck:
		return wire.TroubleStuck
	}
	switch f.Code {
	case drivers.CodeNoDevice:
		return wire.TroubleAbsent
	case drivers.CodeTimeOut:
		return wire.TroubleSilent
	case drivers.CodeLineError:
		return wire.TroubleNoise
	case drivers.CodeHardwareError:
		return wire.TroubleBroken
	}
	return wire.TroubleFailed
}

// steps are what to do, in the order in which it costs least (处理步骤). A technician reads them standing, so each is one act.
func steps(t wire.Trouble, kind, port, where string) []string {
	port = cmp.Or(port, "设备线")
	switch t {
	case wire.TroubleNoPort:
		return []string{"看设备是不是已经装上", "装上了：请管理员在本机配置里写上它的端口", "没有装：按配置清单领件，装好再测"}
	case wire.TroubleAbsent:
		return []string{"把" + port + "两头都插紧", "换一个接口或换一根线，看状态是否变成正常", "还是没有接上，换备件"}
	case wire.TroubleSilent:
		return []string{"看设备电源灯。不亮，查电源和保险", "灯亮，断电 10 秒再上电，等半分钟", "还不应答，核对端口和波特率；都对就换备件"}
	case wire.TroubleNoise:
		return []string{"线不要和电源线捆在一起，接头拧紧", "换一根带屏蔽的线再测", "还是乱码，核对波特率；都对就换备件"}
	case wire.TroubleBroken:
		return []string{"断电 10 秒再上电，重新测一次", "还报故障，记下本页的原话，换备件"}
	case wire.TroubleSAM:
		return []string{"断电 10 秒再上电，重新测一次", "还不行，安全模块坏了或没有授权：整机换下返修，不要拆开"}
	case wire.TroublePaperOut:
		if kind == string(drivers.KindLaser) {
			return []string{"纸盒装满 A4 纸，推到底", "按“测试”再看一次"}
		}
		return []string{"打开前盖，换一卷热敏纸，光面朝外", "拉出一截，合上盖子听到响声", "按“测试”打一张测试条"}
	case wire.TroublePaperLow:
		return []string{"纸还能用一阵，趁这次换上新的", "换下的余纸写上日期，放备件箱"}
	case wire.TroubleJam:
		return []string{"断电，打开盖子，顺出纸方向抽出卡住的纸", "看切刀是否回位，清掉碎纸", "合上盖子上电，按“测试”再看"}
	case wire.TroubleCover:
		return []string{"把盖子按到底，听到响声", "还报没关，看盖子上的卡扣和感应开关"}
	case wire.TroubleTonerOut, wire.TroubleTonerLow:
		return []string{"换上同型号粉盒，撕掉封条，左右摇五下", "旧粉盒放进原包装带回"}
	case wire.TroubleSlow:
		return slow(kind)
	case wire.TroubleBelow:
		return []string{"擦干净镜头或感应面再测一次", "核对实物型号是不是配置清单上的那一款", "型号不对：报管理员，验收不能通过"}
	case wire.TroubleFailed:
		return []string{"按" + cmp.Or(where, "设备位置") + "的图示再测一次", "还不过，记下本页的原话，换备件"}
	case wire.TroubleStream:
		return []string{"看两个镜头有没有一个被挡住或贴了膜", "拔下再插摄像头的线，等十秒", "还是只有一路，换摄像头"}
	case wire.TroublePicture:
		return []string{"看镜头盖、保护膜取下没有，镜头擦干净", "断电 10 秒再上电，重新测一次", "画面还是全黑或不动，换备件"}
	case wire.TroubleDenied:
		return []string{"请管理员核对本机配置里这台设备的用户名和密码", "在设备上改过密码的，两边改成一样，再测一次"}
	case wire.TroubleStuck:
		return []string{"看这一路的线有没有松，灯或锁有没有短路", "断电 10 秒再上电，重新测一次", "还不跟命令动作，换继电器板"}
	case wire.TroubleClock:
		return []string{"先看本机的时间对不对，不对先校本机", "请管理员在这台设备的网页里打开自动校时（NTP），填大厅的时间服务器", "等一分钟再测一次"}
	case wire.TroubleUnserved:
		return []string{"本程序还不能驱动它，不影响别的设备", "看实物是否装上，在验收单上注明"}
	}
	return nil
}

func slow(kind string) []string {
	switch drivers.Kind(kind) {
	case drivers.KindIDCard:
		return []string{"波特率低于 115200 的，改到 115200 再测", "换一张证再测，旧证芯片会慢", "两张都慢，换读卡器"}
	case drivers.KindReceipt:
		return []string{"串口波特率改到最高，或改走网口", "再测还慢，查打印机的浓度设置（越浓越慢）"}
	}
	return []string{"再测一次，排除偶然", "还是慢，记下数字，报管理员"}
}
