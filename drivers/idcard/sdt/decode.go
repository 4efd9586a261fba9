package sdt

import (
	"bytes"
	"fmt"
)

// names of the commands for whoever looks at the line (命令名).
var names = map[[2]byte]string{
	{0x10, 0xFF}: "复位模块", {0x11, 0xFF}: "问模块状态", {0x12, 0xFF}: "问模块编号", {0x20, 0x01}: "找证", {0x20, 0x02}: "选证",
	{0x30, 0x01}: "读证", {0x30, 0x03}: "读追加地址", {0x30, 0x05}: "读卡体号",
}

var statuses = map[byte]string{
	swOK: "成功", swFound: "找到证", swNoCard: "没有证", swNoContent: "证里没有这一项", swChecksum: "校验不对", swLength: "长度不对", 0x21: "不认识的命令",
	0x23: "没有权限", 0x31: "证不认模块", 0x32: "模块不认证", 0x40: "不是能读的证", 0x41: "读证失败", 0x60: "安全模块自检失败", 0x66: "安全模块没有授权", 0x81: "选证失败",
}

// nameFrame names a frame by its command or its status; what stands behind them it does not look at.
func nameFrame(toDevice bool, p []byte) string {
	i := bytes.Index(p, preamble)
	if i < 0 || len(p) < i+headLen+minLen-1 {
		return ""
	}
	body := p[i+headLen:]
	if toDevice {
		if len(body) < 2 {
			return ""
		}
		return names[[2]byte{body[0], body[1]}]
	}
	if len(body) < 3 {
		return ""
	}
	if s, known := statuses[body[2]]; known {
		return s
	}
	return fmt.Sprintf("状态 %02X", body[2])
}
