using CsCheck;
using FuncQueue.Engine.Tests.Support;
using Xunit.Sdk;

namespace FuncQueue.Engine.Tests.Model;

/// <summary>
/// Guarantees 1, 2 and 4, deduplication and timing: in random histories of two queues and two processes, everything that can be seen of
/// the queues is as a simple model says. A failure prints its seed, and the history, made short, as a case for
/// <see cref="RegressionTests"/>. CsCheck's variables run more, or a certain one: <c>CsCheck_Iter</c>, <c>CsCheck_Seed</c>.
/// </summary>
[Trait("Guarantee", "1 to 5")]
public sealed class HistoryTests(AzuriteFixture azurite)
{
    private static readonly int Iterations = Environment.GetEnvironmentVariable("CsCheck_Iter") is null ? 8 : -1;

    [Theory]
    [InlineData(QueueType.Standard, QueueType.Standard)]
    [InlineData(QueueType.Fifo, QueueType.Fifo)]
    [InlineData(QueueType.Fifo, QueueType.Standard)]
    [InlineData(QueueType.Standard, QueueType.Fifo)]
    public async Task Queues_do_what_the_model_says_in_any_history(QueueType first, QueueType second)
    {
        Failing? failing = null;
        try
        {
            await Histories
                .Of(first, second)
                .SampleAsync(
                    async history =>
                    {
                        if (await FailureOfAsync(history) is not { } found)
                            return;
                        failing = found;
                        throw found.Exception;
                    },
                    iter: Iterations,
                    threads: 1,
                    print: _ => ""
                );
        }
        catch (CsCheckException exception) when (failing is not null)
        {
            var shortest = await ShortenAsync(failing);
            throw new XunitException($"{exception.Message}\n{shortest.History}\n{shortest.Exception}");
        }
    }

    private async Task<Failing?> FailureOfAsync(History history)
    {
        try
        {
            await HistoryRunner.RunAsync(azurite.ConnectionString, history);
            return null;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return new Failing(history, exception);
        }
    }

    /// <summary>Leaves out what the failure does not need: first large parts of the history, then single operations.</summary>
    private async Task<Failing> ShortenAsync(Failing failing)
    {
        for (var length = failing.History.Operations.Length / 2; length > 0; length /= 2)
        {
            for (var end = failing.History.Operations.Length; end > 0; end -= length)
            {
                var all = failing.History.Operations;
                failing =
                    await FailureOfAsync(failing.History with { Operations = [.. all[..Math.Max(0, end - length)], .. all[end..]] })
                    ?? failing;
            }
        }

        return failing;
    }

    private sealed record Failing(History History, Exception Exception);
}
