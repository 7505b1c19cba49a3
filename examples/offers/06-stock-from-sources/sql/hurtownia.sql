-- What the wholesaler can send: pieces on his shelves that nobody has ordered. SQLite keeps 24.90 as a binary
-- fraction, so the price is taken as text, which is exact.
SELECT products.sku AS item,
       shelves.pieces - shelves.ordered AS quantity,
       CAST(products.net AS TEXT) AS net
FROM products
JOIN shelves ON shelves.product_id = products.id
WHERE NOT products.discontinued
