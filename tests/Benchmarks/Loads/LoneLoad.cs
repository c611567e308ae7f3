using FuncQueue.Benchmarks.Contenders;
using FuncQueue.Benchmarks.Workers;

namespace FuncQueue.Benchmarks.Loads;

/// <summary>One caller that enqueues, and between each two enqueues inserts the same body into a bare table of the same account.</summary>
internal sealed class LoneLoad(IContender contender, WorkerOrder order, Bodies bodies)
{
    public async Task<Measurement> RunAsync(double seconds)
    {
        var bare = new BareTable(order.Addresses[0]);
        await bare.CreateAsync();
        var (ours, theirs, count, start) = (new Latencies(), new Latencies(), 0L, TimeProvider.System.GetTimestamp());
        for (; TimeProvider.System.GetElapsedTime(start).TotalSeconds < seconds; count++)
        {
            var began = TimeProvider.System.GetTimestamp();
            await contender.EnqueueAsync(order.Queue, bodies.Next(), null);
            ours.Add(began);
            began = TimeProvider.System.GetTimestamp();
            await bare.InsertAsync(bodies.Next());
            theirs.Add(began);
        }

        return new Measurement
        {
            Messages = count,
            Seconds = TimeProvider.System.GetElapsedTime(start).TotalSeconds,
            EnqueueP50 = ours.Percentile(50),
            EnqueueP99 = ours.Percentile(99),
            BareP50 = theirs.Percentile(50),
        };
    }
}
