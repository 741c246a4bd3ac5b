// Package licence is 电子证照: types, licences issued from decisions or imported
// from registers, who used them, and what a stranger may verify.
//
// It owns the tables licence_type, licence and licence_use. It never decides
// that a licence is due (casework does) and shows nobody but the holder and
// those who handle a case what is on it.
//
//	casework decide ─IssueTx─► number, identifier, canonical data, hash (one transaction)
//	                              └─ job licence.sign ─► SM2 signature, once
//	applicant / clerk ─UseTx─► licence_use (用证留痕) ─► the holder sees every use
//	anyone ─Verify(identifier)─► what is proven, what is not, holder masked
//
// The OFD file and the seal are not here yet: the signed thing is the canonical
// data, whose format is Content.
package licence
