// What only Hopper has, each with its PTX instruction: barriers that count bytes, copies of tiles
// to shared memory, also to that of a whole cluster, and products of a warpgroup of four warps.
#pragma once
#include "ptx.cuh"

#if ELEMENT != FLOAT32 && defined(__CUDA_ARCH_FEAT_SM90_ALL)

__device__ __forceinline__ unsigned shared_address(const void* of) {
    return (unsigned)__cvta_generic_to_shared(of);
}

// A barrier's phase ends once so many have arrived and all bytes that were announced are there.
typedef unsigned long long phase_barrier;

__device__ __forceinline__ void begin_barrier(phase_barrier* barrier, int arrivals) {
    asm volatile("mbarrier.init.shared::cta.b64 [%0], %1;"
        : : "r"(shared_address(barrier)), "r"(arrivals) : "memory");
}

// Arrives, and announces bytes.
__device__ __forceinline__ void expect_bytes(phase_barrier* barrier, int bytes) {
    asm volatile("mbarrier.arrive.expect_tx.shared::cta.b64 _, [%0], %1;"
        : : "r"(shared_address(barrier)), "r"(bytes) : "memory");
}

// Arrives at the same barrier of a block of the cluster.
__device__ __forceinline__ void arrive_at(phase_barrier* barrier, int block) {
    asm volatile(
        "{\n"
        ".reg .b32 remote;\n"
        "mapa.shared::cluster.u32 remote, %0, %1;\n"
        "mbarrier.arrive.shared::cluster.b64 _, [remote];\n"
        "}"
        : : "r"(shared_address(barrier)), "r"(block) : "memory");
}

// Waits until the phase of this parity has ended: the first one is 0.
__device__ __forceinline__ void wait_phase(phase_barrier* barrier, int parity) {
    asm volatile(
        "{\n"
        ".reg .pred done;\n"
        "again:\n"
        "mbarrier.try_wait.parity.shared::cta.b64 done, [%0], %1;\n"
        "@done bra there;\n"
        "bra again;\n"
        "there:\n"
        "}"
        : : "r"(shared_address(barrier)), "r"(parity) : "memory");
}

// What was begun is seen by the cluster's other blocks and by copies once the cluster has met.
__device__ __forceinline__ void publish_barriers() {
    asm volatile("fence.mbarrier_init.release.cluster;" : : : "memory");
}

__device__ __forceinline__ void meet_cluster() {
    asm volatile("barrier.cluster.arrive.aligned;\nbarrier.cluster.wait.aligned;"
        : : : "memory");
}

__device__ __forceinline__ int block_of_cluster() {
    int rank;
    asm("mov.u32 %0, %%cluster_ctarank;" : "=r"(rank));
    return rank;
}

// A tile of a matrix in global memory, as its map says, from a column and a row on, to shared
// memory; what lies outside of the matrix is 0.
__device__ __forceinline__ void copy_tile(
    void* to, const void* map, phase_barrier* barrier, int column, int row) {
    asm volatile("cp.async.bulk.tensor.2d.shared::cluster.global.tile"
        ".mbarrier::complete_tx::bytes [%0], [%1, {%3, %4}], [%2];"
        : : "r"(shared_address(to)), "l"(map), "r"(shared_address(barrier)), "r"(column), "r"(row)
        : "memory");
}

// The same for what will not be read again soon: the cache need not keep it.
#define READ_ONCE 0x12f0000000000000ull

__device__ __forceinline__ void copy_tile_once(
    void* to, const void* map, phase_barrier* barrier, int column, int row) {
    asm volatile("cp.async.bulk.tensor.2d.shared::cluster.global.tile"
        ".mbarrier::complete_tx::bytes.L2::cache_hint [%0], [%1, {%3, %4}], [%2], %5;"
        : : "r"(shared_address(to)), "l"(map), "r"(shared_address(barrier)), "r"(column), "r"(row),
        "l"(READ_ONCE)
        : "memory");
}

// The same to both blocks of a cluster, and to the barrier of each.
__device__ __forceinline__ void copy_tile_to_both(
    void* to, const void* map, phase_barrier* barrier, int column, int row) {
    asm volatile("cp.async.bulk.tensor.2d.shared::cluster.global.tile"
        ".mbarrier::complete_tx::bytes.multicast::cluster.L2::cache_hint"
        " [%0], [%1, {%3, %4}], [%2], %5, %6;"
        : : "r"(shared_address(to)), "l"(map), "r"(shared_address(barrier)), "r"(column), "r"(row),
        "h"((unsigned short)3), "l"(READ_ONCE)
        : "memory");
}

// How a product finds an operand in shared memory: rows of 128 bytes, whose pieces of 16 bytes are
// swizzled as copies of tiles leave them, in groups of eight rows. Aligned to 1,024 bytes.
__device__ __forceinline__ unsigned long long operand(const void* rows) {
    return (unsigned long long)((shared_address(rows) & 0x3ffff) >> 4) | 1ull << 16 | 64ull << 32
        | 1ull << 62;
}

__device__ __forceinline__ void begin_products() {
    asm volatile("wgmma.fence.sync.aligned;" : : : "memory");
}

__device__ __forceinline__ void commit_products() {
    asm volatile("wgmma.commit_group.sync.aligned;" : : : "memory");
}

// Waits until all that was committed is done.
__device__ __forceinline__ void wait_products() {
    asm volatile("wgmma.wait_group.sync.aligned 0;" : : : "memory");
}

#if ELEMENT == FLOAT16
#define WIDE_TYPE "f32.f16.f16"
#else
#define WIDE_TYPE "f32.bf16.bf16"
#endif

// c[64 x 224] += a[64 x 16] b[16 x 224]. Warp w of the warpgroup has rows 16w .. 16w + 15; with
// g = lane / 4 and t = lane % 4, c[4j ..] are rows g, g, g + 8, g + 8 at columns 8j + 2t and
// 8j + 2t + 1.
__device__ __forceinline__ void multiply_wide(
    float (&c)[112], unsigned long long a, unsigned long long b) {
    asm volatile(
        "wgmma.mma_async.sync.aligned.m64n224k16." WIDE_TYPE " "
        "{%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15, %16, %17, "
        "%18, %19, %20, %21, %22, %23, %24, %25, %26, %27, %28, %29, %30, %31, %32, %33, "
        "%34, %35, %36, %37, %38, %39, %40, %41, %42, %43, %44, %45, %46, %47, %48, %49, "
        "%50, %51, %52, %53, %54, %55, %56, %57, %58, %59, %60, %61, %62, %63, %64, %65, "
        "%66, %67, %68, %69, %70, %71, %72, %73, %74, %75, %76, %77, %78, %79, %80, %81, "
        "%82, %83, %84, %85, %86, %87, %88, %89, %90, %91, %92, %93, %94, %95, %96, %97, "
        "%98, %99, %100, %101, %102, %103, %104, %105, %106, %107, %108, %109, %110, %111}, "
        "%112, %113, 1, 1, 1, 0, 0;"
        : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3]), "+f"(c[4]), "+f"(c[5]), "+f"(c[6]),
        "+f"(c[7]), "+f"(c[8]), "+f"(c[9]), "+f"(c[10]), "+f"(c[11]), "+f"(c[12]), "+f"(c[13]),
        "+f"(c[14]), "+f"(c[15]), "+f"(c[16]), "+f"(c[17]), "+f"(c[18]), "+f"(c[19]),
        "+f"(c[20]), "+f"(c[21]), "+f"(c[22]), "+f"(c[23]), "+f"(c[24]), "+f"(c[25]),
        "+f"(c[26]), "+f"(c[27]), "+f"(c[28]), "+f"(c[29]), "+f"(c[30]), "+f"(c[31]),
        "+f"(c[32]), "+f"(c[33]), "+f"(c[34]), "+f"(c[35]), "+f"(c[36]), "+f"(c[37]),
        "+f"(c[38]), "+f"(c[39]), "+f"(c[40]), "+f"(c[41]), "+f"(c[42]), "+f"(c[43]),
        "+f"(c[44]), "+f"(c[45]), "+f"(c[46]), "+f"(c[47]), "+f"(c[48]), "+f"(c[49]),
        "+f"(c[50]), "+f"(c[51]), "+f"(c[52]), "+f"(c[53]), "+f"(c[54]), "+f"(c[55]),
        "+f"(c[56]), "+f"(c[57]), "+f"(c[58]), "+f"(c[59]), "+f"(c[60]), "+f"(c[61]),
        "+f"(c[62]), "+f"(c[63]), "+f"(c[64]), "+f"(c[65]), "+f"(c[66]), "+f"(c[67]),
        "+f"(c[68]), "+f"(c[69]), "+f"(c[70]), "+f"(c[71]), "+f"(c[72]), "+f"(c[73]),
        "+f"(c[74]), "+f"(c[75]), "+f"(c[76]), "+f"(c[77]), "+f"(c[78]), "+f"(c[79]),
        "+f"(c[80]), "+f"(c[81]), "+f"(c[82]), "+f"(c[83]), "+f"(c[84]), "+f"(c[85]),
        "+f"(c[86]), "+f"(c[87]), "+f"(c[88]), "+f"(c[89]), "+f"(c[90]), "+f"(c[91]),
        "+f"(c[92]), "+f"(c[93]), "+f"(c[94]), "+f"(c[95]), "+f"(c[96]), "+f"(c[97]),
        "+f"(c[98]), "+f"(c[99]), "+f"(c[100]), "+f"(c[101]), "+f"(c[102]), "+f"(c[103]),
        "+f"(c[104]), "+f"(c[105]), "+f"(c[106]), "+f"(c[107]), "+f"(c[108]), "+f"(c[109]),
        "+f"(c[110]), "+f"(c[111])
        : "l"(a), "l"(b));
}

#endif
