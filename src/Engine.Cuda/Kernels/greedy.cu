// The most likely token of each row of logits.
#include "common.cuh"

#define GREEDY_THREADS 512

// tokens[row] = the first of the greatest logits, or -1 where one is NaN or infinite.
extern "C" __global__ void most_likely(const float* logits, int* tokens, int vocabulary) {
    __shared__ float maxima[GREEDY_THREADS];
    __shared__ int places[GREEDY_THREADS];
    __shared__ int wrong;
    const float* row = logits + (long long)blockIdx.x * vocabulary;
    float greatest = minus_infinity();
    int place = vocabulary;
    bool finite = true;
    if (threadIdx.x == 0)
        wrong = 0;
    __syncthreads();
    for (int i = threadIdx.x; i < vocabulary; i += GREEDY_THREADS) {
        const float logit = row[i];
        finite = finite && fabsf(logit) < __int_as_float(0x7f800000);
        if (logit > greatest) {
            greatest = logit;
            place = i;
        }
    }
    if (!finite)
        wrong = 1;
    maxima[threadIdx.x] = greatest;
    places[threadIdx.x] = place;
    __syncthreads();
    for (int step = GREEDY_THREADS / 2; step > 0; step /= 2) {
        if (threadIdx.x < step) {
            const float other = maxima[threadIdx.x + step];
            const int there = places[threadIdx.x + step];
            const float mine = maxima[threadIdx.x];
            if (other > mine || (other == mine && there < places[threadIdx.x])) {
                maxima[threadIdx.x] = other;
                places[threadIdx.x] = there;
            }
        }
        __syncthreads();
    }
    if (threadIdx.x == 0)
        tokens[blockIdx.x] = wrong ? -1 : places[0];
}
