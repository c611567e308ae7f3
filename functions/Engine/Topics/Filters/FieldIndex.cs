using System.Runtime.InteropServices;

namespace FuncQueue.Engine.Topics.Filters;

/// <summary>Finds, by a value that a message has in a field, the filters that may match it.</summary>
internal sealed class FieldIndex
{
    private readonly Dictionary<string, FilterList> texts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FilterList> folded = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<ExactNumber, FilterList> numbers = [];
    private readonly Dictionary<Word, FilterList> words = [];
    private readonly List<int> present = [];

    public void Add(in AccessKey key, int filter)
    {
        switch (key.Kind)
        {
            case AccessKind.Text:
                Add(texts, key.Text!, filter);
                break;
            case AccessKind.Folded:
                Add(folded, key.Text!, filter);
                break;
            case AccessKind.Number:
                Add(numbers, key.Number, filter);
                break;
            case AccessKind.Word:
                Add(words, key.Word, filter);
                break;
            default:
                present.Add(filter);
                break;
        }
    }

    /// <summary>Names the filters that one of a field's values may make true.</summary>
    public void Find(FieldValue field, Candidates candidates)
    {
        if (field.Leaves.IsEmpty)
            return;
        candidates.Add(present);
        foreach (ref readonly var leaf in field.Leaves)
        {
            if (leaf.Text is { } text)
            {
                if (texts.TryGetValue(text, out var filters))
                    filters.AddTo(candidates);
                if (folded.Count > 0 && folded.TryGetValue(text, out filters))
                    filters.AddTo(candidates);
            }

            if (leaf.IsNumber && numbers.TryGetValue(leaf.Number, out var byNumber))
                byNumber.AddTo(candidates);
            if (leaf.Word != Word.None && words.TryGetValue(leaf.Word, out var byWord))
                byWord.AddTo(candidates);
        }
    }

    private static void Add<TKey>(Dictionary<TKey, FilterList> index, TKey key, int filter)
        where TKey : notnull => CollectionsMarshal.GetValueRefOrAddDefault(index, key, out _).Add(filter);
}
