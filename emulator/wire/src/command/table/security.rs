//! Keys and security protocols.

macro_rules! rows {
    ($($before:tt)*) => {
        chain! {
        $($before)*

        /// Sends a key, or sets the region of the drive.
        0xA3 SendKey "SEND KEY"
        length 12, Out, [], 30_000 ms, features [0x0106 0x010B 0x010D], clause "MMC-5 6.35"
        {
            key_class: u8 = 7[7; 8] "Which protection: see [`KeyClass`](crate::key::KeyClass).",
            parameter_list_length: u16 = 8[7; 16] "Bytes of the parameter list.",
            authentication_grant_id: u8 = 10[7; 2] "AGID.",
            key_format: u8 = 10[5; 6] "What is sent: see [`SendKeyFormat`](crate::key::SendKeyFormat).",
        }

        /// Asks for a key, an authentication grant, or the region of the drive.
        0xA4 ReportKey "REPORT KEY"
        length 12, In, [], 30_000 ms, features [0x0106 0x010B 0x010D], clause "MMC-5 6.29"
        {
            logical_block_address: u32 = 2[7; 32] "Of which block the title key is wanted.",
            block_count: u8 = 6[7; 8] "Blocks of a binding nonce.",
            key_class: u8 = 7[7; 8] "Which protection: see [`KeyClass`](crate::key::KeyClass).",
            allocation_length: u16 = 8[7; 16] "Most bytes to return.",
            authentication_grant_id: u8 = 10[7; 2] "AGID.",
            key_format: u8 = 10[5; 6] "What is wanted: see [`ReportKeyFormat`](crate::key::ReportKeyFormat).",
        }

        /// Sends data of a security protocol. Its counterpart SECURITY PROTOCOL IN has the operation code of [`SendEvent`].
        0xB5 SecurityProtocolOut "SECURITY PROTOCOL OUT"
        length 12, Out, [], 30_000 ms, features [], clause "SPC-4 SECURITY PROTOCOL OUT"
        {
            security_protocol: u8 = 1[7; 8] "Which protocol.",
            protocol_specific: u16 = 2[7; 16] "Depends on the protocol.",
            increment_512: bool = 4[7; 1] "INC_512: the length counts 512 bytes.",
            transfer_length: u32 = 6[7; 32] "Length of the data.",
        }
        }
    };
}

pub(super) use rows;
