//! A strict reader of a client's frames (RFC 6455 5; RFC 7692 6), independent of the crate's own code.

/// Panics if these bytes aren't a sequence of whole frames that a client may send; `compression`: whether it is agreed
/// on.
pub fn check_client(mut bytes: &[u8], compression: bool) {
    // The opcode and the bytes so far of the message under way, and whether it is compressed.
    let mut message: Option<(u8, bool, Vec<u8>)> = None;
    let mut closed = false;
    while !bytes.is_empty() {
        assert!(!closed, "data after the Close frame");
        let [first, second] = take(&mut bytes);
        assert_eq!(second & 0x80, 0x80, "not masked");
        let len = match second & 0x7F {
            126 => u64::from(u16::from_be_bytes(take(&mut bytes))),
            127 => u64::from_be_bytes(take(&mut bytes)),
            short => short.into(),
        };
        assert!(second & 0x7F != 126 || len > 125, "a length that isn't minimal");
        assert!(second & 0x7F != 127 || len > 0xFFFF && len >> 63 == 0, "a length that isn't minimal");
        let key: [u8; 4] = take(&mut bytes);
        let (payload, rest) = bytes.split_at_checked(len as usize).expect("a payload is cut off");
        bytes = rest;
        let payload: Vec<u8> = payload.iter().zip(key.iter().cycle()).map(|(byte, key)| byte ^ key).collect();
        let (fin, rsv1, opcode) = (first & 0x80 != 0, first & 0x40 != 0, first & 0xF);
        assert_eq!(first & 0x30, 0, "a reserved bit");
        match opcode {
            0x8..=0xA => {
                assert!(fin && !rsv1 && len <= 125, "a control frame that is long, compressed or a fragment");
                if opcode == 0x8 {
                    assert_ne!(len, 1);
                    if let Some((code, reason)) = payload.split_first_chunk() {
                        let code = u16::from_be_bytes(*code);
                        assert!(matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999), "the code {code}");
                        assert!(str::from_utf8(reason).is_ok());
                    }
                    closed = true;
                }
                continue;
            }
            0x0 => assert!(message.is_some() && !rsv1, "a continuation of nothing, or one with RSV1"),
            0x1 | 0x2 => {
                assert!(message.is_none(), "a message within another one");
                assert!(compression || !rsv1, "RSV1 that wasn't agreed on");
                message = Some((opcode, rsv1, Vec::new()));
            }
            _ => panic!("the opcode {opcode}"),
        }
        if let Some((opcode, compressed, data)) = &mut message {
            data.extend(payload);
            if fin && *opcode == 1 && !*compressed {
                assert!(str::from_utf8(data).is_ok(), "a text that isn't UTF-8");
            }
        }
        if fin {
            message = None;
        }
    }
}

fn take<const N: usize>(bytes: &mut &[u8]) -> [u8; N] {
    let (front, rest) = bytes.split_first_chunk().expect("a header is cut off");
    *bytes = rest;
    *front
}
