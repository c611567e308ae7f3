using System.Globalization;
using FuncQueue.Client;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace FuncQueue.Samples.Reader;

/// <summary>Handles a price. Those of one key come one after the other, in the order in which they were published.</summary>
internal sealed partial class PriceHandler(IConfiguration configuration, ILogger<PriceHandler> log) : IFuncQueueRecordsHandler
{
    private readonly TimeSpan time = TimeSpan.Parse(configuration["HandlingTime"] ?? "0", CultureInfo.InvariantCulture);

    public async Task HandleAsync(ProcessRecordsContext context, CancellationToken cancellationToken)
    {
        Handling(context.Record.Key, context.Partition, context.Record.Offset);
        await Task.Delay(time, TimeProvider.System, cancellationToken);
        Handled(context.Record.Key, context.Partition, context.Record.Offset);
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "Handling {Key} at {Partition}/{Offset}")]
    private partial void Handling(string? key, int partition, long offset);

    [LoggerMessage(EventId = 2, Level = LogLevel.Information, Message = "Handled {Key} at {Partition}/{Offset}")]
    private partial void Handled(string? key, int partition, long offset);
}
