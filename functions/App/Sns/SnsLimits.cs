namespace FuncQueue.Functions.Sns;

/// <summary>The limits of the SNS protocol (API reference of each action; quotas of SNS in the general reference).</summary>
internal static class SnsLimits
{
    /// <summary>Longest message, attributes included, and longest batch of messages: 256 KiB.</summary>
    public const int MaxMessageBytes = 256 * 1024;

    public const int MaxBatchEntries = 10;

    public const int MaxEntryIdLength = 80;

    public const int MaxSubjectLength = 100;

    public const int MaxDisplayNameLength = 100;

    /// <summary>Entries of a page of topics or subscriptions.</summary>
    public const int PageSize = 100;

    /// <summary>Longest label of a permission.</summary>
    public const int MaxPermissionLabelLength = 80;
}
