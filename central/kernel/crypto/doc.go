// Package crypto is the one door to the cryptographic module (密码服务): SM2 signatures, SM3 and HMAC-SM3, SM4-GCM and
// random bytes, asked for by key handle. A key never leaves its Provider. The software provider keeps its keys in a file
// of mode 0600 and is for development and small installations; a hardware module behind GM/T 0018 (SDF, 密码机) or a token
// behind GM/T 0016 (SKF, 智能密码钥匙) is another Provider and must pass the suite in cryptotest.
package crypto
