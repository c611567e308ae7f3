using FuncQueue.Client;

namespace FuncQueue.Cli.CommandLine;

/// <summary>What the program's exit code says.</summary>
internal static class ExitCode
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int Usage = 2;
    public const int Nothing = 3;
    public const int Unreachable = 4;
    public const int Uncertain = 5;
    public const int Refused = 6;
    public const int Interrupted = 130;

    public static readonly (int Code, string Meaning)[] All =
    [
        (Done, "done"),
        (Failed, "the server answered with a failure, or some of many failed"),
        (Usage, "the command line is wrong, or something that destroys was not confirmed"),
        (Nothing, "what was asked for is not there, or no message came"),
        (Unreachable, "the server cannot be reached, or is unwell; nothing happened"),
        (Uncertain, "an answer was lost: it may have happened"),
        (Refused, "the key is missing, or lacks a right"),
        (Interrupted, "interrupted by Ctrl+C or SIGTERM, in order"),
    ];

    public static int Of(FuncQueueException failure) =>
        failure.Reason switch
        {
            FuncQueueErrorReason.QueueNotFound
            or FuncQueueErrorReason.MessageNotFound
            or FuncQueueErrorReason.TopicNotFound
            or FuncQueueErrorReason.SubscriptionNotFound
            or FuncQueueErrorReason.KeyNotFound
            or FuncQueueErrorReason.RecordNotFound => Nothing,
            FuncQueueErrorReason.Unreachable
            or FuncQueueErrorReason.Overloaded
            or FuncQueueErrorReason.StorageThrottled
            or FuncQueueErrorReason.StorageUnavailable => Unreachable,
            FuncQueueErrorReason.OutcomeUnknown => Uncertain,
            FuncQueueErrorReason.Unauthenticated or FuncQueueErrorReason.Forbidden => Refused,
            _ => Failed,
        };
}
