// Everything that C++ has no words for, each with its PTX instruction. No other file but hopper.cuh
// has assembly, and no file includes one of CUDA's own: NVRTC alone suffices.
#pragma once

typedef unsigned short half_bits; // of a float16 or a bfloat16

__device__ __forceinline__ float float_of_half(half_bits x) {
    float y;
    asm("cvt.f32.f16 %0, %1;" : "=f"(y) : "h"(x));
    return y;
}

__device__ __forceinline__ half_bits half_of_float(float x) {
    half_bits y;
    asm("cvt.rn.f16.f32 %0, %1;" : "=h"(y) : "f"(x));
    return y;
}

__device__ __forceinline__ float float_of_bfloat(half_bits x) {
    return __uint_as_float((unsigned)x << 16);
}

__device__ __forceinline__ half_bits bfloat_of_float(float x) {
    unsigned pair;
    asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(pair) : "f"(0.0f), "f"(x));
    return (half_bits)pair;
}

// Two of the matrix type in one register, the first in the lower half.
__device__ __forceinline__ unsigned pack_pair(float low, float high) {
    unsigned pair;
#if ELEMENT == FLOAT16
    asm("cvt.rn.f16x2.f32 %0, %1, %2;" : "=r"(pair) : "f"(high), "f"(low));
#else
    asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(pair) : "f"(high), "f"(low));
#endif
    return pair;
}

// c[16 x 8] += a[16 x 16] b[16 x 8], spread over a warp. With g = lane / 4 and t = lane % 4:
// a: rows g, g + 8, g, g + 8 at columns 2t, 2t, 2t + 8, 2t + 8 (each register two columns);
// b: column g at rows 2t and 2t + 8 (each two rows); c: rows g, g, g + 8, g + 8 at 2t, 2t + 1.
__device__ __forceinline__ void multiply_add(
    float (&c)[4], const unsigned (&a)[4], unsigned b0, unsigned b1) {
#if ELEMENT == FLOAT16
    asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 "
#else
    asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 "
#endif
        "{%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
        : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
        : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}

// Two 8 x 8 matrices of 16-bit elements from shared memory, transposed: lanes 0 .. 7 give the rows
// of the first, 8 .. 15 those of the second, 16 bytes aligned. A lane gets of each matrix the
// elements of rows 2t and 2t + 1 in column g.
__device__ __forceinline__ void load_transposed(unsigned& b0, unsigned& b1, const void* row) {
    unsigned address = (unsigned)__cvta_generic_to_shared(row);
    asm volatile("ldmatrix.sync.aligned.m8n8.x2.trans.shared.b16 {%0, %1}, [%2];"
        : "=r"(b0), "=r"(b1) : "r"(address) : "memory");
}

// 16 bytes that this device will not read again soon. Loads of this kind stay in their order, also
// to products: what is asked for early is on its way early.
__device__ __forceinline__ uint4 load_ahead(const void* from) {
    uint4 x;
    asm volatile("ld.global.L1::no_allocate.v4.u32 {%0, %1, %2, %3}, [%4];"
        : "=r"(x.x), "=r"(x.y), "=r"(x.z), "=r"(x.w) : "l"(from) : "memory");
    return x;
}

// 16 bytes that nobody will read again.
__device__ __forceinline__ uint4 load_once(const void* from) {
    uint4 x;
    asm volatile("ld.global.nc.L1::no_allocate.v4.u32 {%0, %1, %2, %3}, [%4];"
        : "=r"(x.x), "=r"(x.y), "=r"(x.z), "=r"(x.w) : "l"(from));
    return x;
}

// Where kernels are launched so that they may overlap with those in front of them in the stream:
// the one waits until all that those wrote is there, the other lets the one behind begin.
// Otherwise both do nothing.
__device__ __forceinline__ void wait_for_last() {
#if __CUDA_ARCH__ >= 900
    asm volatile("griddepcontrol.wait;" : : : "memory");
#endif
}

__device__ __forceinline__ void start_next() {
#if __CUDA_ARCH__ >= 900
    asm volatile("griddepcontrol.launch_dependents;");
#endif
}
