using FuncQueue.Client.Json;
using FuncQueue.Client.Transport;

namespace FuncQueue.Client.Receiving;

/// <summary>Purges in as many requests as it takes.</summary>
internal static class Purging
{
    public static async Task<PurgeResult> PurgeAsync(
        HttpTransport transport,
        string path,
        MessageFilter? filter,
        bool dryRun,
        CancellationToken cancellationToken
    )
    {
        long purged = 0;
        while (true)
        {
            // Without either, as servers take it that know neither.
            var content =
                filter is null && !dryRun
                    ? null
                    : HttpTransport.Json(
                        new PurgeRequest { Filter = filter, DryRun = dryRun ? true : null },
                        WireJson.Default.PurgeRequest
                    );
            var call = Call.Post(path, Repetition.Always, content) with { Unlimited = true };
            var result = (await transport.SendAsync(call, WireJson.Default.PurgeResult, cancellationToken)).Value;
            purged += result.Purged;
            if (dryRun || result.Complete)
            {
                return new PurgeResult
                {
                    Purged = purged,
                    Complete = result.Complete,
                    Matching = result.Matching,
                    Examples = result.Examples,
                };
            }
        }
    }
}
