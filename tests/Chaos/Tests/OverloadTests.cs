using FuncQueue.Chaos.Overload;
using Shouldly;
using Xunit;

namespace FuncQueue.Chaos.Tests;

/// <summary>With more callers than a process can serve, it refuses early, stays within its memory, and serves what it accepted.</summary>
public sealed class OverloadTests
{
    /// <summary>What a process took at most when this was measured was less than 450 MiB.</summary>
    private const long MaxMebibytes = 1024;

    [Fact]
    public async Task Two_thousand_connections_and_32_large_bodies_are_served_or_refused_and_memory_stays_bounded()
    {
        var result = await new OverloadRun(
            new OverloadOptions
            {
                Duration = TimeSpan.FromSeconds(5),
                SentOfEachUpload = 6 * 1024 * 1024,
                Settings = new Dictionary<string, string>
                {
                    ["FuncQueue__MaxPendingEnqueues"] = "500",
                    ["FuncQueue__MaxWaitingReceivers"] = "500",
                    // This is about memory and refusals, not about how fast this machine is.
                    ["FuncQueue__StorageTimeout"] = "00:00:30",
                },
            },
            _ => { }
        ).RunAsync();
        result.Verdict.Violations.ShouldBeEmpty();
        result.Verdict.Acknowledged.ShouldBeGreaterThan(0);
        // With Retry-After, which the client checks of each.
        result.Refusals.GetValueOrDefault("overloaded").ShouldBeGreaterThan(0);
        result.PeakMebibytes.ShouldBeLessThan(MaxMebibytes);
    }
}
