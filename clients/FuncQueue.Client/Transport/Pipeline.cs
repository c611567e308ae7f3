using Microsoft.Extensions.Http.Resilience;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace FuncQueue.Client.Transport;

/// <summary>Repeats and timeouts of requests.</summary>
internal static class Pipeline
{
    private static readonly ResiliencePropertyKey<bool> WasUncertain = new("FuncQueue.WasUncertain");

    public static ResiliencePipeline<HttpResponseMessage> Build(FuncQueueClientOptions options)
    {
        var builder = new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = options.TimeProvider };
        if (options.MaxRetries > 0)
        {
            builder.AddRetry(
                new RetryStrategyOptions<HttpResponseMessage>
                {
                    MaxRetryAttempts = options.MaxRetries,
                    Delay = options.RetryDelay,
                    MaxDelay = options.MaxRetryDelay,
                    BackoffType = DelayBackoffType.Exponential,
                    UseJitter = true,
                    ShouldHandle = MayRepeatAsync,
                    DelayGenerator = arguments => ValueTask.FromResult(AskedFor(arguments.Outcome.Result, options.MaxRetryDelay)),
                    OnRetry = arguments =>
                    {
                        if (arguments.Context.Properties.GetValue(WasUncertain, false))
                            arguments.Context.GetRequestMessage()?.Options.Set(AttemptHandler.Uncertain, true);
                        arguments.Outcome.Result?.Dispose();
                        return ValueTask.CompletedTask;
                    },
                }
            );
        }

        return builder
            .AddTimeout(
                new TimeoutStrategyOptions
                {
                    TimeoutGenerator = arguments =>
                        ValueTask.FromResult(
                            arguments.Context.GetRequestMessage() is { } request
                            && request.Options.TryGetValue(AttemptHandler.AttemptTimeout, out var limit)
                                ? limit
                                : Timeout.InfiniteTimeSpan
                        ),
                }
            )
            .Build();
    }

    private static async ValueTask<bool> MayRepeatAsync(RetryPredicateArguments<HttpResponseMessage> arguments)
    {
        var (response, error) = (arguments.Outcome.Result, arguments.Outcome.Exception);
        if (
            arguments.Context.GetRequestMessage() is not { } request
            || !request.Options.TryGetValue(AttemptHandler.Repetition, out var repetition)
        )
            return false;
        var code =
            (int?)response?.StatusCode >= 500 ? (await Problems.ReadAsync(response!, arguments.Context.CancellationToken))?.Code : null;
        var outcome = RepeatRule.Judge(response?.StatusCode, code, error);
        if (!RepeatRule.MayRepeat(repetition, outcome))
            return false;
        if (outcome == AttemptOutcome.Uncertain)
            arguments.Context.Properties.Set(WasUncertain, true);
        return true;
    }

    private static TimeSpan? AskedFor(HttpResponseMessage? response, TimeSpan most) =>
        response?.Headers.RetryAfter?.Delta is { } asked ? (asked < most ? asked : most) : null;
}
