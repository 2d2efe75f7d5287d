//! Speeds and buffers.

macro_rules! rows {
    ($($before:tt)*) => {
        chain! {
        $($before)*

        /// Asks how much of the buffer is free.
        0x5C ReadBufferCapacity "READ BUFFER CAPACITY"
        length 10, In, [WHILE_BUSY], 4_000 ms, features [0x0021 0x0107], clause "MMC-5 6.18"
        {
            block: bool = 1[0; 1] "Count blocks rather than bytes.",
            allocation_length: u16 = 7[7; 16] "Most bytes to return.",
        }

        /// Has blocks read ahead when another one is read.
        0xA7 SetReadAhead "SET READ AHEAD"
        length 12, None, [NEEDS_MEDIUM], 10_000 ms, features [0x0107], clause "MMC-5 6.38"
        {
            trigger_address: u32 = 2[7; 32] "After this block is read ...",
            read_ahead_address: u32 = 6[7; 32] "... blocks from this one on are read ahead.",
        }

        /// Asks for speeds, exceptions and unusable areas.
        0xAC GetPerformance "GET PERFORMANCE"
        length 12, In, [], 20_000 ms, features [0x0107], clause "MMC-5 6.8"
        {
            data_type: u8 = 1[4; 5] "Depends on the type.",
            starting_lba: u32 = 2[7; 32] "First block that matters.",
            maximum_descriptors: u16 = 8[7; 16] "Most descriptors to return.",
            kind: u8 = 10[7; 8] "TYPE: 0 performance, 3 write speed.",
        }

        /// Sets the desired performance.
        0xB6 SetStreaming "SET STREAMING"
        length 12, Out, [], 10_000 ms, features [0x0107], clause "MMC-5 6.39"
        {
            kind: u8 = 8[7; 8] "TYPE: 0 performance descriptor.",
            parameter_list_length: u16 = 9[7; 16] "Bytes of the parameter list.",
        }

        /// Sets the speed of CD reading and writing.
        0xBB SetCdSpeed "SET CD SPEED"
        length 12, None, [], 10_000 ms, features [0x001E], clause "MMC-5 6.37"
        {
            rotation_control: u8 = 1[1; 2] "0 CLV, 1 CAV.",
            read_speed: u16 = 2[7; 16] "In kB/s; FFFFh is the maximum.",
            write_speed: u16 = 4[7; 16] "In kB/s; FFFFh is the maximum.",
        }
        }
    };
}

pub(super) use rows;
