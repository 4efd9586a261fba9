package drivers

import "slices"

// reasons are all that a driver may give (故障原因表). Whoever shows faults to people has words for each of them.
var reasons = []Reason{
	ReasonNoCard, ReasonCardTakenAway, ReasonCardUnreadable, ReasonCardUnknown, ReasonSAMFault, ReasonLineNoise, ReasonSilent, ReasonUnplugged,
	ReasonPaperOut, ReasonPaperJam, ReasonCoverOpen, ReasonTonerOut, ReasonCutter, ReasonPrintUnknown, ReasonNotPrinted, ReasonNoCode,
	ReasonNoFinger, ReasonFingerUnclear, ReasonNoImage, ReasonNoDocument, ReasonProtocol,
	ReasonStreamLost, ReasonPictureBlack, ReasonPictureFrozen, ReasonAccessDenied, ReasonNoAccess, ReasonDenied, ReasonStuck, ReasonNoMove, ReasonNoSignature,
}

// Reasons lists all of them.
func Reasons() []Reason { return slices.Clone(reasons) }
