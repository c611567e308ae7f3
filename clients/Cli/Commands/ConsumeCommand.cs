using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using FuncQueue.Cli.CommandLine;
using FuncQueue.Cli.Output;
using FuncQueue.Client;

namespace FuncQueue.Cli.Commands;

internal static class ConsumeCommand
{
    /// <summary>A program says by it that its message can never be handled (EX_DATAERR of sysexits).</summary>
    private const int DataError = 65;

    public static Command Make()
    {
        var queue = Commands.Make.Queue();
        var exec = Commands.Make.Text(
            "--exec",
            "Run this for each message by the shell: body on stdin, exit code 0 acks, 65 dead-letters, others give back."
        );
        var count = Commands.Make.AtLeast(new Option<int?>("--count", "-n") { Description = "End after so many." }, 1);
        var concurrency = Commands.Make.Number("--concurrency", "So many at once.", 1, least: 1);
        var lease = Commands.Make.Duration("--lease", "How long a lease lasts; it is renewed");
        return Commands.Make.Command(
            "consume",
            "Handle messages as they come, until Ctrl+C, or the queue is gone, or the key refused; what runs then is finished and acked.",
            [queue, exec, count, concurrency, lease],
            (session, cancellation) =>
                ConsumeAsync(
                    session,
                    session.Get(queue),
                    session.Get(exec),
                    session.Get(count) ?? int.MaxValue,
                    new FuncQueueProcessorOptions
                    {
                        MaxConcurrency = session.Get(concurrency),
                        PrefetchCount = 0,
                        LeaseDuration = session.Get(lease) ?? TimeSpan.FromSeconds(30),
                    },
                    cancellation
                )
        );
    }

    private static async Task<int> ConsumeAsync(
        Session session,
        string queue,
        string? program,
        int left,
        FuncQueueProcessorOptions options,
        CancellationToken cancellation
    )
    {
        var (enough, gate) = (new TaskCompletionSource(), new Lock());
        FuncQueueException? useless = null;
        options.OnErrorAsync = error =>
        {
            if (error is { Source: FuncQueueErrorSource.Receive, Exception: FuncQueueException failure } && IsLasting(failure))
            {
                useless = failure;
                enough.TrySetResult();
            }
            else
            {
                session.Print.Error($"{error.Source}: {error.Exception.Message}");
            }

            return Task.CompletedTask;
        };
        async Task HandleAsync(ProcessMessageContext context)
        {
            lock (gate)
            {
                if (left <= 0)
                {
                    context.Release();
                    return;
                }

                if (--left == 0)
                    enough.TrySetResult();
            }

            if (program is null)
                session.Print.Line(MessageRow.Of(context.Message, session.Print));
            else
                Judge(context, await RunAsync(program, context));
        }

        await using var processor = session.Client.CreateProcessor(queue, HandleAsync, options);
        await processor.StartAsync(CancellationToken.None);
        await using var interrupted = cancellation.Register(() => enough.TrySetResult());
        await enough.Task;
        var stop = processor.StopAsync(CancellationToken.None);
        // From here on nothing more begins.
        if (cancellation.IsCancellationRequested)
            session.Print.Note("Interrupted: what runs is finished.");
        await stop;
        if (useless is not null)
            throw useless;
        return cancellation.IsCancellationRequested ? ExitCode.Interrupted : ExitCode.Done;
    }

    /// <summary>Whether asking again is of no use, unlike where a server is away for a while.</summary>
    private static bool IsLasting(FuncQueueException failure) => ExitCode.Of(failure) is ExitCode.Nothing or ExitCode.Refused;

    private static void Judge(ProcessMessageContext context, int exitCode)
    {
        switch (exitCode)
        {
            case 0:
                context.Ack();
                break;
            case DataError:
                context.DeadLetter("exit-code-65");
                break;
            default:
                context.Nack(reason: $"exit-code-{exitCode.ToString(CultureInfo.InvariantCulture)}");
                break;
        }
    }

    private static async Task<int> RunAsync(string program, ProcessMessageContext context)
    {
        var start = OperatingSystem.IsWindows()
            ? new ProcessStartInfo("cmd.exe", ["/c", program])
            : new ProcessStartInfo("/bin/sh", ["-c", program]);
        start.RedirectStandardInput = true;
        start.Environment["FUNCQUEUE_MESSAGE_ID"] = context.Message.MessageId.ToString();
        start.Environment["FUNCQUEUE_DELIVERY_COUNT"] = context.Message.DeliveryCount.ToString(CultureInfo.InvariantCulture);
        start.Environment["FUNCQUEUE_GROUP_ID"] = context.Message.GroupId ?? "";
        start.Environment["FUNCQUEUE_CONTENT_TYPE"] = context.Message.ContentType;
        using var process = Process.Start(start)!;
        try
        {
            await using (var input = process.StandardInput.BaseStream)
                await input.WriteAsync(context.Message.Body.ToMemory(), context.CancellationToken);
        }
        catch (IOException)
        {
            // It did not read to the end, which is its right.
        }

        try
        {
            await process.WaitForExitAsync(context.LeaseLost);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return process.ExitCode;
    }
}
