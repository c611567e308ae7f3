namespace FuncQueue.Engine;

/// <summary>What a redrive or a purge would concern, if it were carried out now.</summary>
/// <param name="Examples">Up to <see cref="Limits.MaxPreviewExamples"/> of those messages.</param>
public sealed record MessagePreview(long Matching, IReadOnlyList<StoredMessage> Examples);
