using FuncQueue.Client.Telemetry;
using Microsoft.Extensions.Logging;

namespace FuncQueue.Client.Reading;

/// <summary>Tells the owner of a group reader what went wrong. Nothing of it stops the reader.</summary>
internal sealed class ReaderErrors(string topic, string group, FuncQueueGroupReaderOptions options, ILogger log)
{
    public async Task ReportAsync(
        FuncQueueErrorSource source,
        Exception error,
        int? partition = null,
        IReadOnlyList<TopicRecord>? records = null
    )
    {
        ReaderLog.Failed(log, error, group, topic, source, partition);
        if (options.OnErrorAsync is not { } tell)
            return;
        try
        {
            await tell(new GroupReaderErrorContext(topic, group, source, error, partition, records ?? []));
        }
        catch (Exception thrown)
        {
            ReaderLog.Failed(log, thrown, group, topic, FuncQueueErrorSource.Handler, partition);
        }
    }

    public Task FencedAsync(int partition, IReadOnlyList<TopicRecord> records)
    {
        ClientTelemetry.CountLost(topic);
        var error = new FuncQueueException(
            FuncQueueErrorReason.Fenced,
            $"Partition {partition} of {topic} is another's: what was not committed comes again in group {group}."
        );
        return ReportAsync(FuncQueueErrorSource.Renew, error, partition, records);
    }

    public Task SkippedAsync(SkippedRecords skipped) =>
        ReportAsync(
            FuncQueueErrorSource.Receive,
            new FuncQueueException(
                FuncQueueErrorReason.OffsetExpired,
                $"Records {skipped.From} to {skipped.To} of partition {skipped.Partition} were removed before group {group} came to them."
            ),
            skipped.Partition
        );
}

internal static partial class ReaderLog
{
    [LoggerMessage(
        EventId = 9002,
        Level = LogLevel.Warning,
        Message = "Reader of group {Group} of {Topic}: {Source} failed (partition {Partition})."
    )]
    public static partial void Failed(
        ILogger logger,
        Exception error,
        string group,
        string topic,
        FuncQueueErrorSource source,
        int? partition
    );
}
